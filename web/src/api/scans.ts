import { ask, post } from './client';
import type { Fact } from './types';

export interface Scan {
  state: string;
  running: boolean;
  roots: string[];
  began_at: string;
  seconds: number;
  folders: number;
  unchanged: number;
  to_read: number;
  read: number;
  added: number;
  changed: number;
  removed: number;
  renamed: number;
  extracted: number;
  problems: number;
  bytes: number;
  records: number;
}

export interface Scans {
  roots: string[];
  can_stop: boolean;
  scan: Scan | null;
  last_error?: string;
  recent?: Fact[];
}

export interface ScanProblem {
  path: string;
  node: string;
  seq: number;
  since: string;
  code: string;
  reason: string;
  quarantined: boolean;
}

export const askScans = (signal?: AbortSignal): Promise<Scans> => ask('/api/v1/scans', {}, signal);

export const askScanProblems = (
  quarantined: boolean,
  cursor: string | undefined,
  signal?: AbortSignal,
): Promise<{ files: ScanProblem[]; cursor?: string }> =>
  ask('/api/v1/scans/problems', { limit: 100, cursor, ...(quarantined ? { quarantined: true } : {}) }, signal);

export const askSlowFiles = (signal?: AbortSignal): Promise<{ files: { path: string; seconds: number; bytes: number }[] }> =>
  ask('/api/v1/scans/slow', { limit: 20 }, signal);

export const beginScan = (paths: string[], force: boolean): Promise<unknown> => post('/api/v1/scans', { paths, force });
export const stopScan = (): Promise<unknown> => post('/api/v1/scans/current', undefined, 'DELETE');
