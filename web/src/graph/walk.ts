import type { Scene } from './scene';

export type Way = 'left' | 'right' | 'up' | 'down';

/** Where an arrow key leads: along an edge to the left or right, else to the nearest node that way. */
export function walk(scene: Scene, from: number, way: Way): number | undefined {
  const { shape, x, y } = scene;
  const isAlong = way === 'left' || way === 'right';
  if (isAlong) {
    const beside = shape.edges.flatMap((edge) => {
      if (way === 'right' && edge.from === from && edge.to !== from) return [edge.to];
      return way === 'left' && edge.to === from && edge.from !== from ? [edge.from] : [];
    });
    const near = nearest(beside, (i) => Math.abs((y[i] ?? 0) - (y[from] ?? 0)));
    if (near !== undefined) return near;
  }
  const sign = way === 'left' || way === 'up' ? -1 : 1;
  const along = isAlong ? x : y;
  const across = isAlong ? y : x;
  const ahead = shape.nodes.map((_, i) => i).filter((i) => ((along[i] ?? 0) - (along[from] ?? 0)) * sign > 1);
  return nearest(ahead, (i) => Math.abs((along[i] ?? 0) - (along[from] ?? 0)) + 3 * Math.abs((across[i] ?? 0) - (across[from] ?? 0)));
}

function nearest(nodes: number[], cost: (node: number) => number): number | undefined {
  let best: number | undefined;
  let least = Infinity;
  for (const node of nodes) {
    const is = cost(node);
    if (is < least) {
      least = is;
      best = node;
    }
  }
  return best;
}
