import { ask, post } from './client';
import type { Json } from './types';

export interface CacheLevel {
  level: string;
  open: boolean;
  state: string;
  entries: number;
  bytes: number;
  bytes_max: number;
}

export interface CacheLine {
  operation: string;
  level: string;
  hit_ratio: number;
  hits: number;
  misses: number;
  stale: number;
  negative: number;
  evicted: number;
  expired: number;
  errors: number;
  entries: number;
  bytes: number;
  hit_p50_ns: number;
  hit_p99_ns: number;
}

export interface CacheLoads {
  operation: string;
  calls: number;
  loads: number;
  load_failures: number;
  coalesced: number;
  answered_ratio: number;
  load_p50_ns: number;
  load_p99_ns: number;
  time_saved_ns: number;
}

export interface CacheReport {
  levels: CacheLevel[];
  operations: CacheLine[];
  loads: CacheLoads[];
}

export interface CacheEntry {
  key: string;
  operation: string;
  state: string;
  level: string;
  created: string;
  ttl_s: number;
  bytes: number;
  sealed: boolean;
  tags: string[];
}

export interface Warming {
  total: number;
  done: number;
  loaded: number;
  fresh: number;
  not_found: number;
  failed: number;
  skipped: number;
  running: boolean;
  state: string;
}

export const askCache = (signal?: AbortSignal): Promise<{ lookups: CacheReport | null; answers: CacheReport | null }> =>
  ask('/api/v1/cache', {}, signal);

export const askCacheEntries = (
  select: string[],
  cursor: string | undefined,
  signal?: AbortSignal,
): Promise<{ entries: CacheEntry[]; cursor?: string }> => ask('/api/v1/cache/entries', { select, cursor, limit: 100 }, signal);

export const askCacheEntry = (key: string, signal?: AbortSignal): Promise<{ levels: { [name: string]: Json }[] }> =>
  ask('/api/v1/cache/entry', { key }, signal);

export const clearCache = (select: string, expire: boolean): Promise<{ cleared: { entries: number }[] } | undefined> =>
  post(`/api/v1/cache/clear?${new URLSearchParams({ select, expire: String(expire) }).toString()}`, undefined);

export const askWarming = (signal?: AbortSignal): Promise<{ warming: Warming | null }> => ask('/api/v1/cache/warm', {}, signal);

export const beginWarming = (query: string): Promise<unknown> => post(`/api/v1/cache/warm?${query}`, undefined);
export const stopWarming = (): Promise<unknown> => post('/api/v1/cache/warm', undefined, 'DELETE');
