import { breakCycles } from './cycles';
import { layersOf } from './layers';
import { orderLayers, type Ordered } from './ordering';
import { placeLayers } from './placing';

/** A graph by numbers: node i is `widths[i]` by `heights[i]`, edge j leads from `ends[2j]` to `ends[2j+1]`. */
export interface LayoutQuestion {
  widths: Float32Array;
  heights: Float32Array;
  ends: Int32Array;
  /** Layers that are given, where they are. */
  ranks?: Int32Array;
}

export interface LayoutAnswer {
  /** Centre of node i: `x[i]`, `y[i]`. */
  x: Float32Array;
  y: Float32Array;
  /** Bends of edge j, as x and y: `bends[starts[j]]` to `bends[starts[j + 1]]`. */
  bends: Float32Array;
  starts: Int32Array;
}

// Where an edge passes more layers than this allows for, it goes straight.
const DUMMIES_PER_NODE = 4;
const DUMMIES_MIN = 2000;

/** Dummy nodes along long edges, so that an edge passes between nodes and not through them. */
function withDummies(layer: Int32Array, ends: Int32Array): { layer: Int32Array; ends: Int32Array; chains: Int32Array } {
  const count = layer.length;
  const edges = ends.length / 2;
  let wanted = 0;
  for (let j = 0; j < edges; j += 1) wanted += Math.max(0, Math.abs((layer[ends[2 * j + 1] ?? 0] ?? 0) - (layer[ends[2 * j] ?? 0] ?? 0)) - 1);
  const chains = new Int32Array(edges + 1);
  if (wanted > count * DUMMIES_PER_NODE + DUMMIES_MIN) {
    chains.fill(count);
    return { layer, ends, chains };
  }
  const layers = new Int32Array(count + wanted);
  layers.set(layer);
  const parts = new Int32Array((edges + wanted) * 2);
  let next = count;
  let part = 0;
  for (let j = 0; j < edges; j += 1) {
    chains[j] = next;
    let from = ends[2 * j] ?? 0;
    const to = ends[2 * j + 1] ?? 0;
    const step = (layer[from] ?? 0) < (layer[to] ?? 0) ? 1 : -1;
    const last = layer[to] ?? 0;
    for (let at = (layer[from] ?? 0) + step; (last - at) * step > 0; at += step) {
      layers[next] = at;
      parts[part++] = from;
      parts[part++] = next;
      from = next;
      next += 1;
    }
    parts[part++] = from;
    parts[part++] = to;
  }
  chains[edges] = next;
  return { layer: layers, ends: parts, chains };
}

/** Layered from left to right, the way data flows. Nothing in it is random: the same graph is drawn the same. */
export function layOut(question: LayoutQuestion): LayoutAnswer {
  const count = question.widths.length;
  const acyclic = breakCycles(count, question.ends);
  const ranks = question.ranks ?? layersOf(count, acyclic);
  const { layer, ends, chains } = withDummies(ranks, acyclic);
  const ordered: Ordered = orderLayers(layer, ends);
  const placed = placeLayers({ ordered, ends, count, widths: question.widths, heights: question.heights });
  const edges = question.ends.length / 2;
  const bends: number[] = [];
  const starts = new Int32Array(edges + 1);
  for (let j = 0; j < edges; j += 1) {
    starts[j] = bends.length;
    const first = chains[j] ?? 0;
    const end = chains[j + 1] ?? first;
    // A turned edge has its dummies the other way round.
    const isTurned = acyclic[2 * j] !== question.ends[2 * j];
    for (let k = 0; k < end - first; k += 1) {
      const dummy = isTurned ? end - 1 - k : first + k;
      bends.push(placed.x[dummy] ?? 0, placed.y[dummy] ?? 0);
    }
  }
  starts[edges] = bends.length;
  return { x: placed.x.slice(0, count), y: placed.y.slice(0, count), bends: Float32Array.from(bends), starts };
}
