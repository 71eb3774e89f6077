import type { JSX } from 'preact';

import { viewFact } from '../api/fact';
import { askLineage, askRun, askRunRecords } from '../api/questions';
import type { Fact, Run } from '../api/types';
import { useAnswer } from '../api/use_answer';
import { valueAt } from '../base/json_paths';
import { hrefOf } from '../base/location';
import { formatDuration } from '../base/time';
import { Answered, Card, Empty, Name, NodeLink, RunLink, StateBadge, Time } from '../ui/basics';
import { Commands } from '../ui/copyable';
import { FactTable } from '../ui/fact_row';
import { JsonView } from '../ui/json_view';
import { durationOf } from '../ui/run_timeline';

function Head(props: { run: Run }): JSX.Element {
  const { run } = props;
  const took = durationOf(run);
  return (
    <header class="head">
      <div class="head-main">
        <h1 class="mono">
          <Name text={run.run_id} />
        </h1>
        <div class="head-line">
          <span class="badge type-run">run</span>
          <StateBadge state={run.state} />
          {run.job !== null && (
            <span>
              of <NodeLink id={run.job} withNamespace />
            </span>
          )}
        </div>
        <div class="head-line">
          <span>
            started <Time at={run.started_at ?? run.first_seen} />
          </span>
          <span>
            ended <Time at={run.ended_at} />
          </span>
          {took !== undefined && <span>took {formatDuration(took)}</span>}
          {run.parent_run_id !== null && (
            <span>
              part of <RunLink run={run.parent_run_id} />
            </span>
          )}
        </div>
      </div>
      <div class="head-actions">
        <a class="button primary" href={hrefOf('lineage', `run::${run.run_id}`)}>
          Lineage
        </a>
      </div>
    </header>
  );
}

function errorOf(facts: Fact[]): { message: string; trace: string } | undefined {
  for (const fact of facts) {
    const said = valueAt(viewFact(fact).payload, 'run.facets.errorMessage');
    const message = valueAt(said, 'message');
    const trace = valueAt(said, 'stackTrace');
    if (typeof message === 'string') return { message, trace: typeof trace === 'string' ? trace : '' };
  }
  return undefined;
}

function Failure(props: { facts: Fact[] }): JSX.Element | null {
  const error = errorOf(props.facts);
  if (error === undefined) return null;
  return (
    <div class="note note-bad">
      <strong>It said: </strong>
      <Name text={error.message} most={4000} />
      {error.trace !== '' && (
        <details>
          <summary>Stack trace</summary>
          <pre class="mono scroll">{error.trace.slice(0, 100_000)}</pre>
        </details>
      )}
    </div>
  );
}

function InOut(props: { run: string }): JSX.Element {
  const id = `run::${props.run}`;
  const answer = useAnswer(id, (signal) => askLineage({ node: id, depth: 1 }, signal));
  return (
    <Answered answer={answer}>
      {(graph) => {
        const read = graph.edges.filter((edge) => edge.to === id && edge.type === 'reads');
        const wrote = graph.edges.filter((edge) => edge.from === id && edge.type === 'writes');
        const list = (ids: string[], none: string): JSX.Element =>
          ids.length === 0 ? (
            <Empty>{none}</Empty>
          ) : (
            <ul class="list">
              {ids.slice(0, 50).map((each) => (
                <li key={each}>
                  <NodeLink id={each} withNamespace withType />
                </li>
              ))}
            </ul>
          );
        return (
          <div class="grid">
            <Card title="Read">{list(read.map((edge) => edge.from), 'It read nothing that is known.')}</Card>
            <Card title="Wrote">{list(wrote.map((edge) => edge.to), 'It wrote nothing that is known.')}</Card>
          </div>
        );
      }}
    </Answered>
  );
}

export function RunPage(props: { run: string }): JSX.Element {
  const run = useAnswer(props.run, (signal) => askRun(props.run, signal));
  const records = useAnswer(run.value?.run_id, (signal) => askRunRecords(run.value?.run_id ?? props.run, signal));
  return (
    <Answered answer={run}>
      {(value) => (
        <>
          <Head run={value} />
          {records.value !== undefined && <Failure facts={records.value.facts} />}
          <InOut run={value.run_id} />
          <Card title="What it said" class="gap">
            <Answered answer={records}>{(page) => <FactTable facts={page.facts} label="What it said" />}</Answered>
          </Card>
          {records.value !== undefined && (
            <details class="card">
              <summary>Raw records</summary>
              {records.value.facts.slice(0, 100).map((fact) => (
                <JsonView key={fact.seq} name={`#${fact.seq}`} value={fact.record} depth={3} />
              ))}
            </details>
          )}
          <Commands path={`/api/v1/runs/${encodeURIComponent(value.run_id)}/records`} cli={['runs', value.run_id]} />
        </>
      )}
    </Answered>
  );
}
