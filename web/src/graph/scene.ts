import { layOutAnywhere } from './lay_out_anywhere';
import type { Shape } from './shape';

export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** A shape with places: what is drawn, hit and exported. */
export interface Scene {
  shape: Shape;
  x: Float32Array;
  y: Float32Array;
  /** Points of edge j, its ends among them, as x and y: `points[starts[j]]` to `points[starts[j + 1]]`. */
  points: Float32Array;
  starts: Int32Array;
  /** Left, top, right, bottom of each edge. */
  edgeBoxes: Float32Array;
  box: Box;
}

const MARGIN = 24;

function boxOf(shape: Shape, x: Float32Array, y: Float32Array): Box {
  const box: Box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  shape.nodes.forEach((node, i) => {
    box.left = Math.min(box.left, (x[i] ?? 0) - node.width / 2);
    box.right = Math.max(box.right, (x[i] ?? 0) + node.width / 2);
    box.top = Math.min(box.top, (y[i] ?? 0) - node.height / 2);
    box.bottom = Math.max(box.bottom, (y[i] ?? 0) + node.height / 2);
  });
  if (shape.nodes.length === 0) return { left: 0, top: 0, right: 1, bottom: 1 };
  return { left: box.left - MARGIN, top: box.top - MARGIN, right: box.right + MARGIN, bottom: box.bottom + MARGIN };
}

export async function sceneOf(shape: Shape): Promise<Scene> {
  const ends = new Int32Array(shape.edges.length * 2);
  shape.edges.forEach((edge, j) => {
    ends[2 * j] = edge.from;
    ends[2 * j + 1] = edge.to;
  });
  const { x, y, bends, starts: bendStarts } = await layOutAnywhere({
    widths: Float32Array.from(shape.nodes, (node) => node.width),
    heights: Float32Array.from(shape.nodes, (node) => node.height),
    ends,
  });
  const points = new Float32Array(bends.length + shape.edges.length * 4);
  const starts = new Int32Array(shape.edges.length + 1);
  const edgeBoxes = new Float32Array(shape.edges.length * 4);
  let at = 0;
  shape.edges.forEach((edge, j) => {
    starts[j] = at;
    const from = shape.nodes[edge.from];
    const to = shape.nodes[edge.to];
    const isBack = (x[edge.from] ?? 0) > (x[edge.to] ?? 0);
    const side = isBack ? -0.5 : 0.5;
    points[at++] = (x[edge.from] ?? 0) + (from?.width ?? 0) * side;
    points[at++] = y[edge.from] ?? 0;
    for (let k = bendStarts[j] ?? 0; k < (bendStarts[j + 1] ?? 0); k += 1) points[at++] = bends[k] ?? 0;
    points[at++] = (x[edge.to] ?? 0) - (to?.width ?? 0) * side;
    points[at++] = y[edge.to] ?? 0;
    const box = [Infinity, Infinity, -Infinity, -Infinity];
    for (let k = starts[j] ?? 0; k < at; k += 2) {
      box[0] = Math.min(box[0] ?? 0, points[k] ?? 0);
      box[1] = Math.min(box[1] ?? 0, points[k + 1] ?? 0);
      box[2] = Math.max(box[2] ?? 0, points[k] ?? 0);
      box[3] = Math.max(box[3] ?? 0, points[k + 1] ?? 0);
    }
    edgeBoxes.set(box, j * 4);
  });
  starts[shape.edges.length] = at;
  return { shape, x, y, points, starts, edgeBoxes, box: boxOf(shape, x, y) };
}
