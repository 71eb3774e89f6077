import type { Fact, Json } from '../api/types';
import { viewFact } from '../api/fact';

export interface SchemaField {
  name: string;
  type: string;
  description: string;
}

export interface SchemaVersion {
  producedAt: string;
  seq: number;
  fields: SchemaField[];
}

export interface SchemaChange {
  change: 'added' | 'removed' | 'type' | 'moved';
  field: string;
  before?: string;
  after?: string;
}

function textOf(value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The fields of a schema payload: a list under `fields` or `columns`. */
export function fieldsOf(payload: Json): SchemaField[] {
  if (payload === null || typeof payload !== 'object' || Array.isArray(payload)) return [];
  const list = payload['fields'] ?? payload['columns'];
  if (!Array.isArray(list)) return [];
  return list.flatMap((each) => {
    if (each === null || typeof each !== 'object' || Array.isArray(each)) return [];
    return [{ name: textOf(each['name']), type: textOf(each['type']), description: textOf(each['description']) }];
  });
}

/** What came, went and changed from the one to the other. */
export function diffFields(before: SchemaField[], after: SchemaField[]): SchemaChange[] {
  const out: SchemaChange[] = [];
  const old = new Map(before.map((field) => [field.name, field]));
  const fresh = new Map(after.map((field) => [field.name, field]));
  for (const field of after) {
    const was = old.get(field.name);
    if (was === undefined) out.push({ change: 'added', field: field.name, after: field.type });
    else if (was.type !== field.type) out.push({ change: 'type', field: field.name, before: was.type, after: field.type });
  }
  for (const field of before) {
    if (!fresh.has(field.name)) out.push({ change: 'removed', field: field.name, before: field.type });
  }
  const common = (fields: SchemaField[], other: Map<string, SchemaField>): string =>
    JSON.stringify(fields.map((field) => field.name).filter((name) => other.has(name)));
  if (common(before, fresh) !== common(after, old)) out.push({ change: 'moved', field: 'the order of fields' });
  return out;
}

/** Versions that differ, the newest first, out of facts the newest first. What was said again is the version before. */
export function versionsOf(facts: Fact[]): SchemaVersion[] {
  const out: SchemaVersion[] = [];
  for (const fact of facts) {
    const view = viewFact(fact);
    const version = { producedAt: view.producedAt, seq: fact.seq, fields: fieldsOf(view.payload) };
    const last = out.at(-1);
    // The older statement is when the version began.
    if (last !== undefined && diffFields(version.fields, last.fields).length === 0) out[out.length - 1] = version;
    else out.push(version);
  }
  return out;
}
