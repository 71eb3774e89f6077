import type { Json } from '../api/types';

/** The value behind `a.b.0`; undefined where there is none. */
export function valueAt(value: Json | undefined, path: string): Json | undefined {
  let at = value;
  for (const part of path.split('.')) {
    if (at === null || typeof at !== 'object') return undefined;
    at = Array.isArray(at) ? at[Number(part)] : at[part];
  }
  return at;
}

const DEPTH_MAX = 6;
const PATHS_MAX = 200;

/** Paths to every number in it, in the order in which they stand. Neither depth nor width of a payload costs more. */
export function numericPaths(payload: Json): string[] {
  const out: string[] = [];
  const waiting: { value: Json; path: string; depth: number }[] = [{ value: payload, path: '', depth: 0 }];
  while (waiting.length > 0 && out.length < PATHS_MAX) {
    const next = waiting.shift();
    if (next === undefined) break;
    if (typeof next.value === 'number') out.push(next.path);
    if (next.value === null || typeof next.value !== 'object' || next.depth >= DEPTH_MAX) continue;
    for (const [name, value] of Object.entries(next.value).slice(0, PATHS_MAX)) {
      if (name.startsWith('_') || name.includes('.')) continue;
      waiting.push({ value, path: next.path === '' ? name : `${next.path}.${name}`, depth: next.depth + 1 });
    }
  }
  return out;
}

/** Names and texts of what a payload says first, for a card. */
export function outline(payload: Json, most: number): [string, string][] {
  const out: [string, string][] = [];
  if (payload === null || typeof payload !== 'object') return [['value', String(payload)]];
  for (const [name, value] of Object.entries(payload)) {
    if (out.length >= most) break;
    if (name.startsWith('_')) continue;
    out.push([name, outlineValue(value)]);
  }
  return out;
}

function outlineValue(value: Json): string {
  if (Array.isArray(value)) {
    const names = value.slice(0, 4).map((each) => {
      if (Array.isArray(each)) return '[…]';
      if (each === null || typeof each !== 'object') return String(each).slice(0, 40);
      const name = each['name'] ?? each['assertion'];
      return typeof name === 'string' ? name : '{…}';
    });
    return value.length > 4 ? `${names.join(', ')} and ${value.length - 4} more` : names.join(', ');
  }
  if (value !== null && typeof value === 'object') {
    const members = Object.entries(value).filter(([name]) => !name.startsWith('_'));
    const told = members.slice(0, 4).map(([name, each]) => (each === null || typeof each === 'object' ? name : `${name}: ${String(each).slice(0, 200)}`));
    return told.join(', ') + (members.length > 4 ? ` and ${members.length - 4} more` : '');
  }
  if (typeof value === 'number') return Number.isInteger(value) ? value.toLocaleString('en-US') : String(value);
  return String(value);
}
