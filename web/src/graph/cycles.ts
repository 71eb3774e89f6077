import { adjacencyOf } from './adjacency';

/** The same edges, those that close a cycle turned round. An edge to itself stays. */
export function breakCycles(count: number, ends: Int32Array): Int32Array {
  const out = ends.slice();
  const down = adjacencyOf(count, ends, 0);
  const state = new Uint8Array(count); // 1: on the way, 2: done.
  const next = down.first.slice(0, count);
  // Sources first: what flows into the graph is then never turned.
  const sources = new Int32Array(count).map((_, i) => i);
  const inward = adjacencyOf(count, ends, 1);
  const degree = (i: number): number => (inward.first[i + 1] ?? 0) - (inward.first[i] ?? 0);
  const starts = [...sources].sort((a, b) => Math.min(1, degree(a)) - Math.min(1, degree(b)) || a - b);
  for (const start of starts) {
    if (state[start] !== 0) continue;
    const way = [start];
    state[start] = 1;
    while (way.length > 0) {
      const node = way[way.length - 1] ?? 0;
      const at = next[node] ?? 0;
      if (at === (down.first[node + 1] ?? 0)) {
        state[node] = 2;
        way.pop();
        continue;
      }
      next[node] = at + 1;
      const to = down.to[at] ?? 0;
      const edge = down.edge[at] ?? 0;
      if (state[to] === 0) {
        state[to] = 1;
        way.push(to);
      } else if (state[to] === 1 && to !== node) {
        out[2 * edge] = to;
        out[2 * edge + 1] = node;
      }
    }
  }
  return out;
}
