import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { followFacts } from '../api/live';
import { askAggregate, askNamespaces, askRecords, askRuns, askStats } from '../api/questions';
import type { Aggregate, Fact, Namespaces, Run, Stats } from '../api/types';
import { useAnswer } from '../api/use_answer';
import { hrefOf } from '../base/location';
import { formatBytes, formatNumber, plural } from '../base/text';
import { timeMs } from '../base/time';
import { Answered, Card, Empty, ErrorNote, NodeLink, RunLink, Time } from '../ui/basics';
import { Chart, type Point } from '../ui/chart';
import { FactTable } from '../ui/fact_row';
import { FirstSteps } from './first_steps';

const DAY_MS = 86_400_000;
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
      {stats !== undefined && <Tile label="facts" value={formatNumber(stats.records)} hint={`${formatBytes(stats.bytes_open + stats.bytes_sealed)} on disk`} />}
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

/** The newest time of anything, so that a store of last year shows its last days and not an empty month. */
function lastSeen(namespaces: Namespaces): number {
  return Math.max(...namespaces.namespaces.map((one) => timeMs(one.last_seen)), 0);
}

/** A bar for each day, marked where a run failed. */
function pointsOf(activity: Aggregate, failed: Run[]): Point[] {
  const failures = new Map<number, number>();
  for (const run of failed) {
    const day = Math.floor(timeMs(run.ended_at ?? run.last_seen ?? '') / DAY_MS);
    failures.set(day, (failures.get(day) ?? 0) + 1);
  }
  return activity.rows.map((row) => {
    const at = timeMs(row.keys[0] ?? '');
    const value = row.values[0] ?? 0;
    const bad = failures.get(Math.floor(at / DAY_MS)) ?? 0;
    return { at, value, isBad: bad > 0, label: plural(value, 'fact') + (bad > 0 ? `, ${plural(bad, 'run')} failed` : '') };
  });
}

function Activity(props: { until: number }): JSX.Element {
  const from = new Date(Math.floor(props.until / DAY_MS) * DAY_MS - (ACTIVITY_DAYS - 1) * DAY_MS).toISOString();
  const answer = useAnswer(from, async (signal) => {
    const [activity, failed] = await Promise.all([
      askAggregate({ measure: 'count', by: 'day', from }, signal),
      askRuns({ state: 'FAILED', from, limit: 1000 }, signal),
    ]);
    return pointsOf(activity, failed.runs);
  });
  return (
    <Card title="Activity" side={<span class="dim">facts a day, {ACTIVITY_DAYS} days; red: a run failed</span>}>
      <Answered answer={answer}>
        {(points) => (points.length === 0 ? <Empty>Nothing happened in these days.</Empty> : <Chart points={points} shape="bars" label="Facts a day" />)}
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
                <Activity until={lastSeen(places)} />
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
