import type { Adjacency } from './adjacency';
import type { Ordered } from './ordering';

const LAYER_GAP = 72;
const NODE_GAP = 16;
const DUMMY_GAP = 8;
const DUMMY_HEIGHT = 4;
const SWEEPS = 12;
const SWEEPS_BIG = 5;
const BIG = 6000;

/**
 * Places nearest to the wanted ones (least squares) that keep the order and the distances: pool adjacent violators
 * (Ayer et al. 1955) over the wishes less the distances.
 */
export function nearestPlaces(wanted: Float64Array, offset: Float64Array, weight: Float64Array): Float64Array {
  const count = wanted.length;
  const mean = new Float64Array(count);
  const mass = new Float64Array(count);
  const size = new Int32Array(count);
  let blocks = 0;
  for (let i = 0; i < count; i += 1) {
    mean[blocks] = (wanted[i] ?? 0) - (offset[i] ?? 0);
    mass[blocks] = weight[i] ?? 1;
    size[blocks] = 1;
    blocks += 1;
    while (blocks > 1 && (mean[blocks - 2] ?? 0) > (mean[blocks - 1] ?? 0)) {
      const a = blocks - 2;
      const b = blocks - 1;
      const sum = (mass[a] ?? 0) + (mass[b] ?? 0);
      mean[a] = ((mean[a] ?? 0) * (mass[a] ?? 0) + (mean[b] ?? 0) * (mass[b] ?? 0)) / sum;
      mass[a] = sum;
      size[a] = (size[a] ?? 0) + (size[b] ?? 0);
      blocks -= 1;
    }
  }
  const out = new Float64Array(count);
  let at = 0;
  for (let block = 0; block < blocks; block += 1) {
    for (let k = 0; k < (size[block] ?? 0); k += 1, at += 1) out[at] = (mean[block] ?? 0) + (offset[at] ?? 0);
  }
  return out;
}

export interface PlacingQuestion {
  ordered: Ordered;
  ends: Int32Array;
  /** Numbers from here on are dummies. */
  count: number;
  widths: Float32Array;
  heights: Float32Array;
}

export function placeLayers(question: PlacingQuestion): { x: Float32Array; y: Float32Array } {
  const { ordered, count, widths, heights } = question;
  const { layers, up, down } = ordered;
  const total = up.first.length - 1;
  const x = new Float32Array(total);
  const y = new Float32Array(total);
  const heightOf = (node: number): number => (node < count ? (heights[node] ?? 0) : DUMMY_HEIGHT);
  const offsets = layers.map((nodes) => {
    const out = new Float64Array(nodes.length);
    for (let i = 1; i < nodes.length; i += 1) {
      const a = nodes[i - 1] ?? 0;
      const b = nodes[i] ?? 0;
      const gap = a >= count || b >= count ? DUMMY_GAP : NODE_GAP;
      out[i] = (out[i - 1] ?? 0) + heightOf(a) / 2 + gap + heightOf(b) / 2;
    }
    return out;
  });
  const weights = layers.map((nodes) =>
    Float64Array.from(nodes, (node) => {
      // A chain of dummies stays straight.
      const degree = (down.first[node + 1] ?? 0) - (down.first[node] ?? 0) + (up.first[node + 1] ?? 0) - (up.first[node] ?? 0);
      return node >= count ? 3 : 1 + Math.min(4, degree);
    }),
  );
  layers.forEach((nodes, at) => {
    const middle = (offsets[at]?.[nodes.length - 1] ?? 0) / 2;
    nodes.forEach((node, i) => (y[node] = (offsets[at]?.[i] ?? 0) - middle));
  });
  const wish = (node: number, side: Adjacency): number | undefined => {
    const from = side.first[node] ?? 0;
    const end = side.first[node + 1] ?? 0;
    if (from === end) return undefined;
    let sum = 0;
    for (let at = from; at < end; at += 1) sum += y[side.to[at] ?? 0] ?? 0;
    return sum / (end - from);
  };
  const sweeps = total > BIG ? SWEEPS_BIG : SWEEPS;
  for (let sweep = 0; sweep < sweeps; sweep += 1) {
    const isForth = sweep % 2 === 0;
    const isLast = sweep >= sweeps - 2;
    for (let k = 0; k < layers.length; k += 1) {
      const at = isForth ? k : layers.length - 1 - k;
      const nodes = layers[at] ?? [];
      const wanted = Float64Array.from(nodes, (node) => {
        const one = wish(node, isForth ? up : down);
        const other = wish(node, isForth ? down : up);
        if (one === undefined) return other ?? y[node] ?? 0;
        return isLast && other !== undefined ? (one + other) / 2 : one;
      });
      const placed = nearestPlaces(wanted, offsets[at] ?? new Float64Array(), weights[at] ?? new Float64Array());
      nodes.forEach((node, i) => (y[node] = placed[i] ?? 0));
    }
  }
  let left = 0;
  layers.forEach((nodes) => {
    let width = 0;
    for (const node of nodes) if (node < count) width = Math.max(width, widths[node] ?? 0);
    // Tall layers need room for the edges between them.
    const room = LAYER_GAP + Math.min(160, Math.sqrt(nodes.length) * 6);
    for (const node of nodes) x[node] = left + width / 2;
    left += width + room;
  });
  return { x, y };
}
