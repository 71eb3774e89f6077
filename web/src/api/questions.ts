import { ask, type Query } from './client';
import type { Aggregate, Difference, Entity, Fact, FactPage, Graph, GraphEdge, JsonObject, Namespaces, Run, Stats } from './types';

// One function for each question, so that the page's words and the service's stand beside each other.

// Only the routes of the repository itself take a question that is longer than the head of a request may be.
const LONG = 4000;
function isLong(node: Query[string]): boolean {
  return typeof node === 'string' && node.length > LONG;
}

/** A fact as the log holds it: an event in a record around it. */
interface LoggedFact {
  entry: { seq: number; ingested_at: string; record: JsonObject };
}
function factOf(logged: LoggedFact): Fact {
  const { record, ...entry } = logged.entry;
  const { kind, payload } = record;
  const isEvent = typeof kind === 'string' && kind.startsWith('openlineage.') && payload !== null && typeof payload === 'object' && !Array.isArray(payload);
  return { ...entry, record: isEvent ? payload : record };
}

export const askStats = (signal?: AbortSignal): Promise<Stats> => ask('/api/v1/stats', {}, signal);

export const askNamespaces = (signal?: AbortSignal): Promise<Namespaces> =>
  ask('/api/v1/repository/namespaces', {}, signal);

export const askTags = (signal?: AbortSignal): Promise<{ tags: { tag: string; nodes: number }[] }> =>
  ask('/api/v1/repository/tags', {}, signal);

export const askEntity = (node: string, signal?: AbortSignal): Promise<Entity> =>
  ask('/api/v1/repository/entity', { node }, signal);

export const askLatest = async (kind: string, node: string, signal?: AbortSignal): Promise<Fact> =>
  isLong(node)
    ? factOf(await ask<LoggedFact>('/api/v1/repository/latest', { kind, node }, signal))
    : ask('/api/v1/records/latest', { kind, node }, signal);

export interface HistoryQuestion {
  kind: string;
  node: string;
  from?: string;
  until?: string;
  limit?: number;
}
export async function askHistory(question: HistoryQuestion, signal?: AbortSignal): Promise<FactPage> {
  if (!isLong(question.node)) return ask('/api/v1/records/history', { ...question }, signal);
  const logged = { ...question, order: 'newest' };
  const page = await ask<{ facts: LoggedFact[]; damaged?: number; withheld?: number }>('/api/v1/repository/history', logged, signal);
  return { facts: page.facts.map(factOf), damaged: page.damaged ?? 0, withheld: page.withheld ?? 0 };
}

export const askRecords = (query: Query, signal?: AbortSignal): Promise<FactPage> =>
  ask('/api/v1/records', query, signal);

export const askRuns = (query: Query, signal?: AbortSignal): Promise<{ runs: Run[] }> =>
  ask('/api/v1/repository/runs', query, signal);

export const askRun = (run: string, signal?: AbortSignal): Promise<Run> =>
  ask(`/api/v1/runs/${encodeURIComponent(run)}`, {}, signal);

export const askRunRecords = (run: string, signal?: AbortSignal): Promise<FactPage> =>
  ask(`/api/v1/runs/${encodeURIComponent(run)}/records`, {}, signal);

export const askLineage = (query: Query, signal?: AbortSignal): Promise<Graph> =>
  ask(`/api/v1/${isLong(query['node']) ? 'repository' : 'graph'}/lineage`, query, signal);

export const askImpact = (query: Query, signal?: AbortSignal): Promise<Graph> =>
  ask(`/api/v1/${isLong(query['node']) ? 'repository' : 'graph'}/impact`, query, signal);

export const askDifference = (query: Query, signal?: AbortSignal): Promise<Difference> =>
  ask('/api/v1/graph/diff', query, signal);

export const askPaths = (
  query: Query,
  signal?: AbortSignal,
): Promise<{ paths: GraphEdge[][]; partial: boolean }> =>
  ask('/api/v1/graph/paths', query, signal);

/** Why an edge stands: how long, and the facts that state it. */
export interface Why {
  spans: { type: string; from: string; until?: string }[];
  reasons: {
    type: string;
    from: string;
    to: string;
    rule: string;
    stated_at: string;
    run_id?: string;
    transformation?: string;
    seq?: number;
  }[];
  total: number;
  withheld?: number;
}
export const askWhy = (source: string, destination: string, signal?: AbortSignal): Promise<Why> =>
  ask('/api/v1/graph/why', { source, destination, limit: 5 }, signal);

export const askAggregate = (query: Query, signal?: AbortSignal): Promise<Aggregate> =>
  ask('/api/v1/repository/aggregate', query, signal);

export interface ThingsQuestion {
  q: string;
  type?: string;
  namespace?: string;
  tag?: string;
  owner?: string;
  limit?: number;
}
/** `total` counts what was looked at; with `partial` there are more. */
export interface Things {
  things: Entity[];
  total: number;
  partial: boolean;
}
export const askThings = (question: ThingsQuestion, signal?: AbortSignal): Promise<Things> =>
  ask('/api/v1/things', { ...question }, signal);
