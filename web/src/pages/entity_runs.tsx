import type { JSX } from 'preact';

import { askRuns } from '../api/questions';
import type { Run } from '../api/types';
import { useAnswer } from '../api/use_answer';
import { plural } from '../base/text';
import { formatDuration } from '../base/time';
import { Answered, Card, Empty, RunLink, StateBadge, Time } from '../ui/basics';
import { Commands } from '../ui/copyable';
import { durationOf, RunTimeline } from '../ui/run_timeline';

const RUNS = 200;

function RunRow(props: { run: Run }): JSX.Element {
  const { run } = props;
  const took = durationOf(run);
  return (
    <tr>
      <td>
        <RunLink run={run.run_id} />
      </td>
      <td>
        <StateBadge state={run.state} />
      </td>
      <td>
        <Time at={run.started_at ?? run.first_seen} />
      </td>
      <td class="number">{took === undefined ? '—' : formatDuration(took)}</td>
      <td class="number">{run.records}</td>
    </tr>
  );
}

export function RunTable(props: { runs: Run[] }): JSX.Element {
  return (
    <div class="scroll" role="region" aria-label="Runs" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">Run</th>
            <th scope="col">State</th>
            <th scope="col">Started</th>
            <th scope="col">Took</th>
            <th scope="col">Records</th>
          </tr>
        </thead>
        <tbody>
          {props.runs.map((run) => (
            <RunRow key={run.run_id} run={run} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function EntityRuns(props: { job: string }): JSX.Element {
  const answer = useAnswer(props.job, (signal) => askRuns({ job: props.job, limit: RUNS }, signal));
  return (
    <>
      <Answered answer={answer}>
        {({ runs }) =>
          runs.length === 0 ? (
            <Empty>No run of it is known.</Empty>
          ) : (
            <>
              <Card title="Runs by time" side={<span class="dim">height is duration</span>}>
                <RunTimeline runs={runs} />
              </Card>
              <Card title={runs.length < RUNS ? plural(runs.length, 'run') : `The newest ${RUNS} runs`}>
                <RunTable runs={runs} />
              </Card>
            </>
          )
        }
      </Answered>
      <Commands path={`/api/v1/runs?job=${encodeURIComponent(props.job)}`} cli={['runs', '--job', props.job]} />
    </>
  );
}
