import type { Fact, Json, JsonObject } from './types';

// What a fact is about, whether it came as a record or as an OpenLineage event.

function objectAt(value: Json | undefined): JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? value : {};
}

function textAt(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

export interface FactView {
  kind: string;
  node: string;
  producedAt: string;
  producer: string;
  runId: string;
  payload: Json;
}

function escaped(text: string): string {
  return text.replace(/[%:]/g, (c) => (c === '%' ? '%25' : '%3A'));
}

function idOf(type: string, thing: JsonObject): string {
  const name = textAt(thing['name']);
  const namespace = textAt(thing['namespace']);
  return [type, namespace, name].map(escaped).join(':');
}

function targetId(target: JsonObject): string {
  if (typeof target['source_id'] === 'string') {
    const names = [target['schema'], target['table'] ?? target['name']].map(textAt).filter((text) => text !== '');
    return idOf('dataset', { namespace: target['source_id'], name: names.join('.') });
  }
  return idOf(textAt(target['type']) === '' ? 'dataset' : textAt(target['type']), target);
}

function eventView(record: JsonObject): FactView {
  const run = objectAt(record['run']);
  const job = objectAt(record['job']);
  const isJob = record['job'] !== undefined;
  const kind = record['run'] !== undefined ? 'run_event' : isJob ? 'job_event' : 'dataset_event';
  return {
    kind: `openlineage.${kind}`,
    node: isJob ? idOf('job', job) : idOf('dataset', objectAt(record['dataset'])),
    producedAt: textAt(record['eventTime']),
    producer: textAt(record['producer']),
    runId: textAt(run['runId']),
    payload: record,
  };
}

export function viewFact(fact: Fact): FactView {
  const { record } = fact;
  if (record['eventTime'] !== undefined && record['kind'] === undefined) return eventView(record);
  return {
    kind: textAt(record['kind']),
    node: targetId(objectAt(record['target'])),
    producedAt: textAt(record['produced_at']),
    producer: textAt(record['producer_id']),
    runId: textAt(objectAt(record['context'])['run_id']),
    payload: record['payload'] ?? null,
  };
}
