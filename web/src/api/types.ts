export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
export type JsonObject = { [name: string]: Json };

export interface Entity {
  node: string;
  kinds: string[];
  facts: number;
  first_seen: string;
  last_seen: string;
  owners: string[];
  tags: string[];
  runs?: number;
  deleted?: boolean;
}

export interface Fact {
  seq: number;
  ingested_at: string;
  record: JsonObject;
}

export interface FactPage {
  facts: Fact[];
  damaged: number;
  withheld: number;
  cursor?: string;
}

export type RunState = 'UNKNOWN' | 'OTHER' | 'STARTED' | 'RUNNING' | 'COMPLETED' | 'FAILED' | 'ABORTED';

export interface Run {
  run_id: string;
  job: string | null;
  state: RunState;
  started_at: string | null;
  ended_at: string | null;
  first_seen: string | null;
  last_seen: string | null;
  parent_run_id: string | null;
  root_run_id: string | null;
  records: number;
}

export interface GraphNode {
  node: string;
  hops: number;
  names?: string[];
  root?: boolean;
  leaf?: boolean;
  more?: boolean;
  hidden?: boolean;
}

export interface GraphEdge {
  from: string;
  to: string;
  type: string;
  first_seen: string;
  last_seen: string;
  until?: string;
  subtype?: string;
  description?: string;
  masking?: boolean;
}

export interface Graph {
  nodes: GraphNode[];
  edges: GraphEdge[];
  cycles: string[][];
  partial: boolean;
  hidden?: number;
  ranks?: number[];
}

export interface Difference {
  nodes: { change: 'came' | 'went' | 'changed'; node: string; kinds?: string[] }[];
  edges: { change: 'came' | 'went' | 'changed'; from: string; to: string; type: string }[];
  partial: boolean;
}

export interface Stats {
  records: number;
  last_seq: number;
  segments_open: number;
  segments_sealed: number;
  bytes_open: number;
  bytes_sealed: number;
  bytes_kept: number;
  series: number;
  nodes: number;
  edges: number;
  runs: number;
  damaged_batches: number;
  kinds: Record<string, number>;
}

export interface Aggregate {
  rows: { keys: string[]; values: (number | null)[] }[];
  facts: number;
}

export interface Namespaces {
  namespaces: { namespace: string; types: Record<string, number>; first_seen: string; last_seen: string }[];
}
