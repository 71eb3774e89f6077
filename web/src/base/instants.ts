import type { Graph } from '../api/types';
import { timeMs } from './time';

/** When something of the graph came or went, sorted, each instant once. */
export function instantsOf(graphs: Graph[]): number[] {
  const out = new Set<number>();
  for (const graph of graphs) {
    for (const edge of graph.edges) {
      const first = timeMs(edge.first_seen);
      if (!Number.isNaN(first)) out.add(first);
      if (edge.until !== undefined && !Number.isNaN(timeMs(edge.until))) out.add(timeMs(edge.until));
    }
  }
  return [...out].sort((a, b) => a - b);
}

/** From when to when the slider reaches: a little before the first and after the last that is known of the graph. */
export function spanOf(graphs: Graph[], nowMs: number): { from: number; until: number } {
  let from = Infinity;
  let until = -Infinity;
  for (const graph of graphs) {
    for (const edge of graph.edges) {
      const first = timeMs(edge.first_seen);
      const last = timeMs(edge.last_seen);
      if (first < from) from = first;
      if (last > until) until = last;
    }
  }
  if (from > until) return { from: nowMs - 1000, until: nowMs };
  const room = Math.max(1000, (until - from) * 0.02);
  return { from: from - room, until: Math.min(nowMs, until + room) };
}
