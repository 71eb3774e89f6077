import { askDifference, askImpact, askLineage, askPaths } from '../api/questions';
import type { Query } from '../api/client';
import type { Difference, Graph, GraphEdge } from '../api/types';
import { mergeGraphs } from '../graph/shape';
import type { LineageState } from '../graph/lineage_state';

/** Everything that the service has to say for a view of the lineage. */
export interface LineageAnswer {
  graph: Graph;
  /** Where an earlier instant is looked at: the present, and what has changed since. */
  now?: Graph;
  difference?: Difference;
  paths?: GraphEdge[][];
}

function queryOf(state: LineageState, node: string, asOf: string | undefined): Query {
  return {
    node,
    depth: state.depth,
    nodes: state.nodesMax,
    level: state.level,
    ...(asOf === undefined ? {} : { as_of: asOf }),
  };
}

async function askGraph(state: LineageState, asOf: string | undefined, signal: AbortSignal): Promise<Graph> {
  const query = queryOf(state, state.node, asOf);
  const base =
    state.mode === 'impact' ? askImpact(query, signal) : askLineage({ ...query, direction: state.direction }, signal);
  // What was opened node by node: one step further from each.
  const further = state.more.map((node) => askLineage({ ...queryOf(state, node, asOf), depth: 1, direction: 'both' }, signal));
  const [first, ...rest] = await Promise.all([base, ...further]);
  const steps = rest.map((graph) => ({
    ...graph,
    // Its start is not what the view is about.
    nodes: graph.nodes.map((node) => ({ ...node, hops: node.hops === 0 ? 0.5 : node.hops })),
  }));
  return mergeGraphs([first, ...steps]);
}

/** What lies on the paths: its end may lie farther away than the view goes. */
function graphOfPaths(paths: GraphEdge[][]): Graph {
  const edges = paths.flat();
  const ids = new Set(edges.flatMap((edge) => [edge.from, edge.to]));
  return { nodes: [...ids].map((node) => ({ node, hops: 0.5 })), edges, cycles: [], partial: false };
}

const CHANGES_MAX = 2000;

export async function askView(state: LineageState, signal: AbortSignal): Promise<LineageAnswer> {
  const { asOf } = state;
  const none = Promise.resolve(undefined);
  // All at once and as one: where one fails or is given up, no other is left without anybody who hears of it.
  const [graph, now, difference, paths] = await Promise.all([
    askGraph(state, asOf, signal),
    asOf === undefined ? none : askGraph(state, undefined, signal),
    asOf === undefined ? none : askDifference({ node: state.node, before: asOf, limit: CHANGES_MAX }, signal),
    state.to === undefined
      ? none
      : askPaths({ source: state.node, destination: state.to, level: state.level, ...(asOf === undefined ? {} : { as_of: asOf }) }, signal),
  ]);
  const answer: LineageAnswer = { graph };
  if (now !== undefined) answer.now = now;
  if (difference !== undefined) answer.difference = difference;
  if (paths !== undefined) {
    answer.paths = paths.paths;
    answer.graph = mergeGraphs([graph, graphOfPaths(paths.paths)]);
  }
  performance.mark('cairn:answered');
  return answer;
}

/** What of the answer the service is asked for again where it changes; the rest is a matter of drawing. */
export function answerKey(state: LineageState): string {
  const { node, direction, depth, level, mode, asOf, to, more, nodesMax } = state;
  return JSON.stringify([node, direction, depth, level, mode, asOf, to, more, nodesMax]);
}
