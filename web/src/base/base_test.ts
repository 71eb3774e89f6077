import { describe, expect, it } from 'vitest';

import type { Fact } from '../api/types';
import { cutAtHits } from './highlight';
import { instantsOf, spanOf } from './instants';
import { numericPaths, outline, valueAt } from './json_paths';
import { hrefOf, hrefOfNode, readPlace } from './location';
import { datasetOfField, formatNodeId, parseNodeId, shortName } from './node_id';
import { linear, ticks } from './scale';
import { diffFields, fieldsOf, versionsOf } from './schema_diff';
import { formatBytes, shellQuoted, shorten, visible } from './text';
import { formatAgo, formatDuration, formatTime } from './time';

describe('node ids', () => {
  it('are taken apart and put together', () => {
    for (const id of ['dataset:crm:public.orders', 'job:a%3Ab:c%25d', 'field:db:orders:amount', 'run::0190-a']) {
      expect(formatNodeId(parseNodeId(id))).toBe(id);
    }
    expect(parseNodeId('dataset:s3%3A//b:x')).toEqual({ type: 'dataset', namespace: 's3://b', name: 'x' });
  });
  it('name what a person says', () => {
    expect(shortName('field:db:orders:amount')).toBe('amount');
    expect(shortName('nonsense')).toBe('nonsense');
    expect(datasetOfField('field:db:orders:amount')).toBe('dataset:db:orders');
    expect(datasetOfField('dataset:db:orders')).toBeUndefined();
  });
});

describe('texts', () => {
  it('show what hides', () => {
    expect(visible('a\u202eb\u0000c\u200b')).toBe('a\\u202eb\\u0000c\\u200b');
    expect(visible('naïve 名前\n')).toBe('naïve 名前\n');
  });
  it('keep both ends where they are cut', () => {
    expect(shorten('abcdefghij', 7)).toBe('abcd…ij');
    expect(shorten('short', 7)).toBe('short');
  });
  it('are quoted for a shell', () => {
    expect(shellQuoted('dataset:crm:a.b')).toBe('dataset:crm:a.b');
    expect(shellQuoted("it's; rm")).toBe("'it'\\''s; rm'");
  });
  it('tell sizes', () => {
    expect(formatBytes(900)).toBe('900 B');
    expect(formatBytes(1536)).toBe('1.5 KiB');
  });
  it('are cut where they hit, letters of either case', () => {
    expect(cutAtHits('Public.Orders', 'OR')).toEqual(['Public.', 'Or', 'ders']);
    expect(cutAtHits('İstanbul', 'st')).toEqual(['İstanbul']);
    expect(cutAtHits('x', '')).toEqual(['x']);
  });
});

describe('times', () => {
  it('are UTC', () => {
    expect(formatTime('2026-01-30T02:04:35.655Z')).toBe('2026-01-30 02:04:35');
    expect(formatTime('no time')).toBe('no time');
  });
  it('are told as people do', () => {
    expect(formatAgo(0, 90_000)).toBe('1 minute ago');
    expect(formatAgo(10_000, 0)).toBe('in 10 seconds');
    expect(formatDuration(266_962)).toBe('267 s');
    expect(formatDuration(12)).toBe('12 ms');
    expect(formatDuration(3_900_000)).toBe('1 h 5 min');
  });
});

describe('places', () => {
  it('hold names of any kind', () => {
    const id = 'dataset:crm:a/b?c#d';
    expect(readPlace(new URL(hrefOf('node', id, { tab: 'raw' }), 'http://h')).path).toEqual(['node', id]);
  });
  it('hold names too long for the head of a request behind the #', () => {
    const id = `dataset:crm:${'x'.repeat(20_000)}`;
    const href = hrefOf('node', id);
    expect(href.indexOf('#')).toBeLessThan(100);
    expect(readPlace(new URL(href, 'http://h')).path).toEqual(['node', id]);
  });
  it('do not break on a broken escape', () => {
    expect(readPlace(new URL('http://h/node/%zz')).path).toEqual(['node', '%zz']);
  });
  it('of runs are pages of their own', () => {
    expect(hrefOfNode('run::abc')).toBe('/run/abc');
  });
});

describe('payloads', () => {
  const payload = { row_count: 3, by: { eu: 1, us: 2 }, list: [{ n: 7 }], _producer: 1, text: 'x' };
  it('tell the paths of their numbers', () => {
    expect(numericPaths(payload)).toEqual(['row_count', 'by.eu', 'by.us', 'list.0.n']);
    expect(valueAt(payload, 'list.0.n')).toBe(7);
    expect(valueAt(payload, 'list.9.n')).toBeUndefined();
  });
  it('cost no more for their depth', () => {
    let deep: Record<string, never> | object = { n: 1 };
    for (let i = 0; i < 5000; i += 1) deep = { deep };
    expect(numericPaths(deep as never)).toEqual([]);
  });
  it('are outlined', () => {
    expect(outline({ rows: 1234, fields: [{ name: 'a' }, { name: 'b' }], problem: { code: 'X', at: {} }, _x: 1 }, 5)).toEqual([
      ['rows', '1,234'],
      ['fields', 'a, b'],
      ['problem', 'code: X, at'],
    ]);
    expect(outline('text', 5)).toEqual([['value', 'text']]);
  });
});

describe('schemas', () => {
  const fact = (seq: number, day: number, fields: object[]): Fact => ({
    seq,
    ingested_at: '',
    record: { kind: 'schema_snapshot', target: { namespace: 'n', name: 't' }, produced_at: `2026-01-0${day}`, producer_id: 'p', payload: { fields } as never },
  });
  it('tell what came, went and changed', () => {
    const before = fieldsOf({ fields: [{ name: 'a', type: 'int' }, { name: 'b', type: 'text' }] });
    const after = fieldsOf({ fields: [{ name: 'a', type: 'bigint' }, { name: 'c', type: 'date' }] });
    expect(diffFields(before, after)).toEqual([
      { change: 'type', field: 'a', before: 'int', after: 'bigint' },
      { change: 'added', field: 'c', after: 'date' },
      { change: 'removed', field: 'b', before: 'text' },
    ]);
    expect(diffFields(after, [...after].reverse()).map((change) => change.change)).toEqual(['moved']);
  });
  it('are one version as long as they say the same', () => {
    const a = [{ name: 'a', type: 'int' }];
    const b = [...a, { name: 'b', type: 'int' }];
    const versions = versionsOf([fact(9, 4, b), fact(7, 3, b), fact(5, 2, a), fact(3, 1, a)]);
    expect(versions.map((version) => [version.seq, version.producedAt])).toEqual([
      [7, '2026-01-03'],
      [3, '2026-01-01'],
    ]);
  });
});

describe('scales', () => {
  it('have round ticks', () => {
    expect(ticks(0, 103, 4)).toEqual([0, 50, 100]);
    expect(ticks(5, 5, 4)).toEqual([5]);
    expect(linear(0, 10, 100, 0)(5)).toBe(50);
  });
});

describe('instants', () => {
  const edge = (first: string, last: string, until?: string): object => ({ from: 'a', to: 'b', type: 't', first_seen: first, last_seen: last, until });
  const graph = { nodes: [], edges: [edge('2026-01-02T00:00:00Z', '2026-01-09T00:00:00Z'), edge('2026-01-01T00:00:00Z', '2026-01-03T00:00:00Z', '2026-01-05T00:00:00Z')] as never, cycles: [], partial: false };
  it('are those of change', () => {
    expect(instantsOf([graph]).map((ms) => formatTime(ms).slice(8, 10))).toEqual(['01', '02', '05']);
  });
  it('span what is known', () => {
    const span = spanOf([graph], Date.parse('2027-01-01'));
    expect(span.from).toBeLessThan(Date.parse('2026-01-01'));
    expect(span.until).toBeGreaterThan(Date.parse('2026-01-09'));
    expect(spanOf([], 5000)).toEqual({ from: 4000, until: 5000 });
  });
});
