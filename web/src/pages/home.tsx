import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { followFacts } from '../api/live';
import { askAggregate, askNamespaces, askRecords, askRuns, askStats } from '../api/questions';
import type { Aggregate, Fact, Namespaces, Run, Stats } from '../api/types';
import { useAnswer } from '../api/use_answer';
import { hrefOf } from '../base/location';
import { formatBytes, formatNumber, plural } from '../base/text';
import { formatDay, formatMinute, timeMs } from '../base/time';
import { Answered, Card, Empty, ErrorNote, NodeLink, RunLink, Time } from '../ui/basics';
import { Chart, type Point } from '../ui/chart';
import { FactTable } from '../ui/fact_row';
import { FirstSteps } from './first_steps';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const ACTIVITY_DAYS = 30;
const NEWEST = 15;

function Tile(props: { label: string; value: string; hint?: string; isBad?: boolean }): JSX.Element {
  return (
    <div class={props.isBad === true ? 'tile is-bad' : 'tile'}>
      <div class="tile-value">{props.value}</div>
      <div class="tile-label">{props.label}</div>
      {props.hint !== undefined && <div class="tile-hint">{props.hint}</div>}
    </div>
  );
}

/** What the store holds, as far as one may see; its health is told to those who may look after it. */
function Tiles(props: { stats: Stats | undefined; namespaces: Namespaces }): JSX.Element {
  const { stats } = props;
  const places = props.namespaces.namespaces;
  const things = places.reduce((sum, one) => sum + Object.values(one.types).reduce((all, count) => all + count, 0), 0);
  const isWhole = stats === undefined || stats.damaged_batches === 0;
  return (
    <div class="tiles">
      {stats !== undefined && <Tile label="facts" value={formatNumber(stats.records)} hint={`${formatBytes(stats.bytes_open + stats.bytes_sealed + stats.bytes_kept)} on disk`} />}
      <Tile label="things" value={formatNumber(things)} hint={plural(places.length, 'namespace')} />
      {stats !== undefined && <Tile label="lineage edges" value={formatNumber(stats.edges)} />}
      {stats !== undefined && <Tile label="runs" value={formatNumber(stats.runs)} />}
      {stats !== undefined && (
        <Tile
          label={isWhole ? 'store and views' : plural(stats.damaged_batches, 'damaged batch', 'damaged batches')}
          value={isWhole ? 'Healthy' : 'Damaged'}
          hint={isWhole ? 'as far as it was read' : 'cairn verify says where'}
          isBad={!isWhole}
        />
      )}
    </div>
  );
}

interface Span {
  from: number;
  until: number;
  unit: 'day' | 'hour' | 'minute';
  unitMs: number;
}

/**
 * The last days in which anything happened, so that a store of last year does not show an empty month; by hours or
 * minutes where all of it is younger.
 */
export function activitySpan(namespaces: Namespaces): Span {
  const until = Math.max(...namespaces.namespaces.map((one) => timeMs(one.last_seen)), 0);
  const first = Math.min(...namespaces.namespaces.map((one) => timeMs(one.first_seen)), until);
  const length = until - first;
  const unit = length > 3 * DAY_MS ? 'day' : length > 3 * HOUR_MS ? 'hour' : 'minute';
  const unitMs = { day: DAY_MS, hour: HOUR_MS, minute: MINUTE_MS }[unit];
  const end = Math.floor(until / unitMs) * unitMs;
  return { from: Math.max(end - (ACTIVITY_DAYS - 1) * DAY_MS, Math.floor(first / unitMs) * unitMs), until, unit, unitMs };
}

/** A bar for each stretch, marked where a run failed. */
function pointsOf(activity: Aggregate, failed: Run[], unitMs: number): Point[] {
  const failures = new Map<number, number>();
  for (const run of failed) {
    const stretch = Math.floor(timeMs(run.ended_at ?? run.last_seen ?? '') / unitMs);
    failures.set(stretch, (failures.get(stretch) ?? 0) + 1);
  }
  return activity.rows.map((row) => {
    const at = timeMs(row.keys[0] ?? '');
    const value = row.values[0] ?? 0;
    const bad = failures.get(Math.floor(at / unitMs)) ?? 0;
    return { at, value, isBad: bad > 0, label: plural(value, 'fact') + (bad > 0 ? `, ${plural(bad, 'run')} failed` : '') };
  });
}

function Activity(props: { span: Span }): JSX.Element {
  const { unit, unitMs } = props.span;
  const from = new Date(props.span.from).toISOString();
  const answer = useAnswer(`${unit} ${from}`, async (signal) => {
    const [activity, failed] = await Promise.all([
      askAggregate({ measure: 'count', by: unit, from }, signal),
      askRuns({ state: 'FAILED', from, limit: 1000 }, signal),
    ]);
    return pointsOf(activity, failed.runs, unitMs);
  });
  return (
    <Card title="Activity" side={<span class="dim">facts by the {unit}; red: a run failed</span>}>
      <Answered answer={answer}>
        {(points) =>
          points.length === 0 ? (
            <Empty>Nothing happened in this time.</Empty>
          ) : (
            <Chart points={points} shape="bars" label={`Facts by the ${unit}`} formatAt={unit === 'day' ? formatDay : formatMinute} />
          )
        }
      </Answered>
    </Card>
  );
}

function Failures(): JSX.Element {
  const answer = useAnswer('failures', (signal) => askRuns({ state: 'FAILED', limit: 8 }, signal));
  return (
    <Card title="Failures" side={<span class="dim">newest runs that failed</span>}>
      <Answered answer={answer}>
        {({ runs }) =>
          runs.length === 0 ? (
            <Empty>No run has failed.</Empty>
          ) : (
            <ul class="list">
              {runs.map((run) => (
                <li key={run.run_id}>
                  {run.job === null ? <span class="dim">no job</span> : <NodeLink id={run.job} withNamespace />}
                  <span class="list-side">
                    <RunLink run={run.run_id} /> <Time at={run.ended_at ?? run.last_seen} />
                  </span>
                </li>
              ))}
            </ul>
          )
        }
      </Answered>
    </Card>
  );
}

function Places(props: { namespaces: Namespaces }): JSX.Element {
  return (
    <Card title="Namespaces">
      <ul class="list">
        {props.namespaces.namespaces.slice(0, 12).map((one) => (
          <li key={one.namespace}>
            <a href={hrefOf('search', undefined, { namespace: one.namespace })}>
              <bdi>{one.namespace === '' ? '(none)' : one.namespace}</bdi>
            </a>
            <span class="list-side dim">
              {Object.entries(one.types)
                .map(([type, count]) => plural(count, type))
                .join(', ')}
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function Newest(): JSX.Element {
  const first = useAnswer('newest', (signal) => askRecords({ limit: NEWEST }, signal));
  const [live, setLive] = useState<Fact[]>([]);
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    const control = new AbortController();
    void followFacts({}, control.signal, (fact) => setLive((before) => [fact, ...before].slice(0, NEWEST)), setOpen);
    return () => control.abort();
  }, []);
  return (
    <Card
      title="Newest facts"
      class="whole"
      side={<span class={isOpen ? 'live is-live' : 'live'}>{isOpen ? 'live' : 'not live'}</span>}
    >
      <Answered answer={first}>
        {(page) => {
          const known = new Set(live.map((fact) => fact.seq));
          const facts = [...live, ...page.facts.filter((fact) => !known.has(fact.seq))].slice(0, NEWEST);
          return <FactTable facts={facts} label="Newest facts" />;
        }}
      </Answered>
    </Card>
  );
}

export function HomePage(): JSX.Element {
  const stats = useAnswer('stats', askStats);
  const namespaces = useAnswer('namespaces', askNamespaces);
  // Figures of the whole store are for those who look after it: without them the page tells less.
  const isRefused = stats.error?.status === 403;
  return (
    <>
      <h1 class="sr">Home</h1>
      {stats.error !== undefined && !isRefused && stats.error.status !== namespaces.error?.status && <ErrorNote error={stats.error} onRetry={stats.reload} />}
      <Answered answer={namespaces}>
        {(places) =>
          places.namespaces.length === 0 ? (
            <FirstSteps />
          ) : (
            <>
              {(stats.value !== undefined || !stats.isLoading) && <Tiles stats={stats.value} namespaces={places} />}
              <div class="grid">
                <Activity span={activitySpan(places)} />
                <Failures />
                <Newest />
                <Places namespaces={places} />
              </div>
            </>
          )
        }
      </Answered>
    </>
  );
}
