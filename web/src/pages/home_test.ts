import { describe, expect, it } from 'vitest';

import { activitySpan } from './home';

const at = (first: string, last: string): Parameters<typeof activitySpan>[0] => ({ namespaces: [{ namespace: 'n', types: {}, first_seen: first, last_seen: last }] });

describe('activity', () => {
  it('is told by days, hours or minutes, as old as the store is', () => {
    expect(activitySpan(at('2026-01-01T00:00:00Z', '2026-01-30T02:00:00Z'))).toMatchObject({ unit: 'day', from: Date.parse('2026-01-01T00:00:00Z') });
    expect(activitySpan(at('2026-01-01T00:30:00Z', '2026-01-01T09:00:00Z'))).toMatchObject({ unit: 'hour', from: Date.parse('2026-01-01T00:00:00Z') });
    expect(activitySpan(at('2026-01-01T00:00:30Z', '2026-01-01T00:05:00Z'))).toMatchObject({ unit: 'minute', from: Date.parse('2026-01-01T00:00:00Z') });
  });
  it('of an old store is that of its last 30 days', () => {
    expect(activitySpan(at('2020-01-01T00:00:00Z', '2026-01-30T02:00:00Z')).from).toBe(Date.parse('2026-01-01T00:00:00Z'));
  });
});
