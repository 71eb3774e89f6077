import { describe, expect, it } from 'vitest';

import { viewFact } from './fact';
import { EventCutter } from './live';

describe('a stream of facts', () => {
  it('is cut where an event ends, wherever the pieces do', () => {
    const text = ': listening\n\nid: 1\nevent: record\ndata: {"seq":1}\n\n: nothing new\n\nid: 2\nevent: record\ndata: {"seq":2}\n\nevent: error\ndata: {}\n\n';
    for (const size of [1, 7, text.length]) {
      const cutter = new EventCutter();
      const out: string[] = [];
      for (let at = 0; at < text.length; at += size) out.push(...cutter.take(text.slice(at, at + size)));
      expect(out).toEqual(['{"seq":1}', '{"seq":2}']);
    }
  });
});

describe('a fact', () => {
  const fact = (record: object) => viewFact({ seq: 1, ingested_at: '', record: record as never });
  it('says what it is about, as a record', () => {
    expect(fact({ kind: 'volume', target: { namespace: 's3://b', name: 'x' }, produced_at: 't', producer_id: 'p', context: { run_id: 'r' }, payload: { n: 1 } })).toEqual({
      kind: 'volume', node: 'dataset:s3%3A//b:x', producedAt: 't', producer: 'p', runId: 'r', payload: { n: 1 },
    });
    expect(fact({ kind: 'v', target: { source_id: 'pay', schema: 'public', table: 'charges' } }).node).toBe('dataset:pay:public.charges');
  });
  it('says what it is about, as an event', () => {
    const event = { eventTime: 't', producer: 'p', run: { runId: 'r' }, job: { namespace: 'n', name: 'j' } };
    expect(fact(event)).toMatchObject({ kind: 'openlineage.run_event', node: 'job:n:j', runId: 'r' });
    expect(fact({ eventTime: 't', dataset: { namespace: 'n', name: 'd' } })).toMatchObject({ kind: 'openlineage.dataset_event', node: 'dataset:n:d' });
  });
  it('of any shape breaks nothing', () => {
    expect(fact({}).node).toBe('dataset::');
    expect(fact({ kind: 7, target: [], payload: null }).payload).toBeNull();
  });
});
