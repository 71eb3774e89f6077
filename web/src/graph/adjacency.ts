/** The neighbours of node i are `to[first[i]]` up to `to[first[i + 1]]`. */
export interface Adjacency {
  first: Int32Array;
  to: Int32Array;
  /** By which edge each neighbour is reached. */
  edge: Int32Array;
}

/** `side` 0: along the edges; 1: against them. */
export function adjacencyOf(count: number, ends: Int32Array, side: 0 | 1): Adjacency {
  const first = new Int32Array(count + 1);
  const edges = ends.length / 2;
  for (let j = 0; j < edges; j += 1) {
    const from = ends[2 * j + side] ?? 0;
    first[from + 1] = (first[from + 1] ?? 0) + 1;
  }
  for (let i = 0; i < count; i += 1) first[i + 1] = (first[i + 1] ?? 0) + (first[i] ?? 0);
  const at = first.slice(0, count);
  const to = new Int32Array(edges);
  const edge = new Int32Array(edges);
  for (let j = 0; j < edges; j += 1) {
    const from = ends[2 * j + side] ?? 0;
    const place = at[from] ?? 0;
    to[place] = ends[2 * j + 1 - side] ?? 0;
    edge[place] = j;
    at[from] = place + 1;
  }
  return { first, to, edge };
}
