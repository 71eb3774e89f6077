import { adjacencyOf } from './adjacency';

/** A layer for each node of a graph without cycles: every edge leads to a later one, and edges are short. */
export function layersOf(count: number, ends: Int32Array): Int32Array {
  const down = adjacencyOf(count, ends, 0);
  const up = adjacencyOf(count, ends, 1);
  const layer = new Int32Array(count);
  const waits = new Int32Array(count);
  for (let i = 0; i < count; i += 1) {
    for (let at = up.first[i] ?? 0; at < (up.first[i + 1] ?? 0); at += 1) {
      if (up.to[at] !== i) waits[i] = (waits[i] ?? 0) + 1;
    }
  }
  const order: number[] = [];
  for (let i = 0; i < count; i += 1) if (waits[i] === 0) order.push(i);
  for (let k = 0; k < order.length; k += 1) {
    const node = order[k] ?? 0;
    for (let at = down.first[node] ?? 0; at < (down.first[node + 1] ?? 0); at += 1) {
      const to = down.to[at] ?? 0;
      if (to === node) continue;
      layer[to] = Math.max(layer[to] ?? 0, (layer[node] ?? 0) + 1);
      waits[to] = (waits[to] ?? 0) - 1;
      if (waits[to] === 0) order.push(to);
    }
  }
  // A node with more ways out than in stands as near to what it leads to as it may.
  for (let k = order.length - 1; k >= 0; k -= 1) {
    const node = order[k] ?? 0;
    const outs = (down.first[node + 1] ?? 0) - (down.first[node] ?? 0);
    const ins = (up.first[node + 1] ?? 0) - (up.first[node] ?? 0);
    if (outs === 0 || outs <= ins) continue;
    let nearest = Infinity;
    for (let at = down.first[node] ?? 0; at < (down.first[node + 1] ?? 0); at += 1) {
      const to = down.to[at] ?? 0;
      if (to !== node) nearest = Math.min(nearest, layer[to] ?? 0);
    }
    if (nearest !== Infinity) layer[node] = nearest - 1;
  }
  return layer;
}
