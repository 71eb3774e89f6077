import { type Adjacency, adjacencyOf } from './adjacency';

export interface Ordered {
  /** Nodes of each layer, from the top down. */
  layers: number[][];
  up: Adjacency;
  down: Adjacency;
}

const SWEEPS_SMALL = 16;
const SWEEPS_BIG = 6;
const BIG = 4000;

/** Crossings of the edges between two layers that lie one behind the other (Barth, Mutzel, Juenger 2004: a tree of sums). */
export function crossings(left: number[], place: Int32Array, down: Adjacency, size: number): number {
  const tree = new Int32Array(size + 2);
  let all = 0;
  let seen = 0;
  for (const node of left) {
    const targets: number[] = [];
    for (let at = down.first[node] ?? 0; at < (down.first[node + 1] ?? 0); at += 1) targets.push(place[down.to[at] ?? 0] ?? 0);
    for (const target of targets) {
      let before = 0;
      for (let i = target + 1; i > 0; i -= i & -i) before += tree[i] ?? 0;
      all += seen - before;
    }
    for (const target of targets) {
      seen += 1;
      for (let i = target + 1; i <= size + 1; i += i & -i) tree[i] = (tree[i] ?? 0) + 1;
    }
  }
  return all;
}

function allCrossings(layers: number[][], place: Int32Array, down: Adjacency): number {
  let all = 0;
  for (let i = 0; i + 1 < layers.length; i += 1) all += crossings(layers[i] ?? [], place, down, layers[i + 1]?.length ?? 0);
  return all;
}

// Walked from what stands first, so that what belongs together begins together.
function firstOrder(layer: Int32Array, up: Adjacency, down: Adjacency): number[][] {
  const count = layer.length;
  const layers: number[][] = [];
  const seen = new Uint8Array(count);
  for (let start = 0; start < count; start += 1) {
    if (seen[start] === 1) continue;
    const way = [start];
    seen[start] = 1;
    while (way.length > 0) {
      const node = way.pop() ?? 0;
      (layers[layer[node] ?? 0] ??= []).push(node);
      for (const side of [up, down]) {
        for (let at = (side.first[node + 1] ?? 0) - 1; at >= (side.first[node] ?? 0); at -= 1) {
          const to = side.to[at] ?? 0;
          if (seen[to] === 1) continue;
          seen[to] = 1;
          way.push(to);
        }
      }
    }
  }
  for (let i = 0; i < layers.length; i += 1) layers[i] ??= [];
  return layers;
}

/** Orders the nodes of each layer by the mean place of their neighbours, forth and back, and keeps the best order. */
export function orderLayers(layer: Int32Array, ends: Int32Array): Ordered {
  const count = layer.length;
  const up = adjacencyOf(count, ends, 1);
  const down = adjacencyOf(count, ends, 0);
  let layers = firstOrder(layer, up, down);
  const place = new Int32Array(count);
  const settle = (nodes: number[]): void => nodes.forEach((node, at) => (place[node] = at));
  layers.forEach(settle);
  let best = layers.map((nodes) => [...nodes]);
  let fewest = allCrossings(layers, place, down);
  const mean = new Float64Array(count);
  const sort = (nodes: number[], side: Adjacency): number[] => {
    for (const node of nodes) {
      const from = side.first[node] ?? 0;
      const end = side.first[node + 1] ?? 0;
      let sum = 0;
      for (let at = from; at < end; at += 1) sum += place[side.to[at] ?? 0] ?? 0;
      mean[node] = end === from ? (place[node] ?? 0) : sum / (end - from);
    }
    const sorted = [...nodes].sort((a, b) => (mean[a] ?? 0) - (mean[b] ?? 0) || (place[a] ?? 0) - (place[b] ?? 0));
    settle(sorted);
    return sorted;
  };
  const sweeps = count > BIG ? SWEEPS_BIG : SWEEPS_SMALL;
  for (let sweep = 0; sweep < sweeps && fewest > 0; sweep += 1) {
    const isForth = sweep % 2 === 0;
    layers = [...layers];
    for (let k = 1; k < layers.length; k += 1) {
      const at = isForth ? k : layers.length - 1 - k;
      layers[at] = sort(layers[at] ?? [], isForth ? up : down);
    }
    const now = allCrossings(layers, place, down);
    if (now < fewest) {
      fewest = now;
      best = layers.map((nodes) => [...nodes]);
    }
  }
  return { layers: best, up, down };
}
