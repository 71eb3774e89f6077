import { ask, type Query } from './client';
import type { Aggregate, Difference, Entity, Fact, FactPage, Graph, GraphEdge, Namespaces, Run, Stats } from './types';

// One function for each question, so that the page's words and the service's stand beside each other.

export const askStats = (signal?: AbortSignal): Promise<Stats> => ask('/api/v1/stats', {}, signal);

export const askNamespaces = (signal?: AbortSignal): Promise<Namespaces> =>
  ask('/api/v1/repository/namespaces', {}, signal);

export const askTags = (signal?: AbortSignal): Promise<{ tags: { tag: string; nodes: number }[] }> =>
  ask('/api/v1/repository/tags', {}, signal);

export const askEntity = (node: string, signal?: AbortSignal): Promise<Entity> =>
  ask('/api/v1/repository/entity', { node }, signal);

export const askLatest = (kind: string, node: string, signal?: AbortSignal): Promise<Fact> =>
  ask('/api/v1/records/latest', { kind, node }, signal);

export interface HistoryQuestion {
  kind: string;
  node: string;
  from?: string;
  until?: string;
  limit?: number;
}
export const askHistory = (question: HistoryQuestion, signal?: AbortSignal): Promise<FactPage> =>
  ask('/api/v1/records/history', { ...question }, signal);

export const askRecords = (query: Query, signal?: AbortSignal): Promise<FactPage> =>
  ask('/api/v1/records', query, signal);

export const askRuns = (query: Query, signal?: AbortSignal): Promise<{ runs: Run[] }> =>
  ask('/api/v1/repository/runs', query, signal);

export const askRun = (run: string, signal?: AbortSignal): Promise<Run> =>
  ask(`/api/v1/runs/${encodeURIComponent(run)}`, {}, signal);

export const askRunRecords = (run: string, signal?: AbortSignal): Promise<FactPage> =>
  ask(`/api/v1/runs/${encodeURIComponent(run)}/records`, {}, signal);

export const askLineage = (query: Query, signal?: AbortSignal): Promise<Graph> =>
  ask('/api/v1/graph/lineage', query, signal);

export const askImpact = (query: Query, signal?: AbortSignal): Promise<Graph> =>
  ask('/api/v1/graph/impact', query, signal);

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
  reasons: { type: string; rule: string; stated_at: string; run_id?: string; transformation?: string; seq?: number }[];
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
