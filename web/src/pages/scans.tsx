import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { viewFact } from '../api/fact';
import { askScans, askSlowFiles, beginScan, type Scan, type Scans, stopScan } from '../api/scans';
import type { Fact } from '../api/types';
import { type Action, useAction } from '../api/use_action';
import { useAnswer } from '../api/use_answer';
import { useTicking } from '../api/use_ticking';
import { valueAt } from '../base/json_paths';
import { formatBytes, formatNumber, plural } from '../base/text';
import { formatDuration } from '../base/time';
import { ActionNote } from '../ui/action_note';
import { Answered, Card, Empty, Name, NodeLink, Time } from '../ui/basics';
import { Commands } from '../ui/copyable';
import { Meter } from '../ui/meter';
import { ScanProblems } from './scan_problems';

const EVERY_MS = 1000;

function Progress(props: { scan: Scan; canStop: boolean; action: Action }): JSX.Element {
  const { scan } = props;
  return (
    <>
      <p>
        <span class={`badge ${scan.running ? 'state-running' : scan.state === 'done' ? 'state-completed' : 'state-aborted'}`}>
          <Name text={scan.state} most={120} />
        </span>{' '}
        since <Time at={scan.began_at} />, {formatDuration(scan.seconds * 1000)}: <Name text={scan.roots.join(', ')} most={200} />
      </p>
      <Meter value={scan.read} most={scan.to_read} label="Files read" text={`${formatNumber(scan.read)} of ${plural(scan.to_read, 'file')} read`} />
      <dl class="facts scan-figures">
        <dt>Unchanged</dt>
        <dd>{formatNumber(scan.unchanged)}</dd>
        <dt>Added, changed</dt>
        <dd>
          {formatNumber(scan.added)}, {formatNumber(scan.changed)}
        </dd>
        <dt>Removed, renamed</dt>
        <dd>
          {formatNumber(scan.removed)}, {formatNumber(scan.renamed)}
        </dd>
        <dt>Problems</dt>
        <dd class={scan.problems > 0 ? 'change-removed' : undefined}>{formatNumber(scan.problems)}</dd>
        <dt>Read</dt>
        <dd>{formatBytes(scan.bytes)}</dd>
      </dl>
      {scan.running && props.canStop && (
        <button type="button" disabled={props.action.isBusy} onClick={() => props.action.run(async () => stopScan().then(() => 'The scan stops'))}>
          Stop
        </button>
      )}
    </>
  );
}

function Begin(props: { roots: string[]; isRunning: boolean; action: Action }): JSX.Element {
  const [path, setPath] = useState(props.roots[0] ?? '');
  const [isForced, setForced] = useState(false);
  const begin = (event: Event): void => {
    event.preventDefault();
    props.action.run(async () => beginScan([path], isForced).then(() => 'The scan has begun'));
  };
  return (
    <form class="filters" onSubmit={begin}>
      <label>
        Folder <input type="text" value={path} onInput={(event) => setPath(event.currentTarget.value)} />
      </label>
      <label>
        <input type="checkbox" checked={isForced} onChange={(event) => setForced(event.currentTarget.checked)} /> Read everything again, what is
        quarantined too
      </label>
      <button type="submit" class="primary" disabled={path === '' || props.isRunning || props.action.isBusy}>
        Scan
      </button>
    </form>
  );
}

function Recent(props: { facts: Fact[] }): JSX.Element {
  if (props.facts.length === 0) return <Empty>No scan has recorded anything.</Empty>;
  const figure = (fact: Fact, name: string): string => {
    const value = valueAt(viewFact(fact).payload, name);
    return typeof value === 'number' ? formatNumber(value) : '—';
  };
  return (
    <div class="scroll" role="region" aria-label="Scans before" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">What</th>
            <th scope="col">Files</th>
            <th scope="col">Added</th>
            <th scope="col">Changed</th>
            <th scope="col">Removed</th>
            <th scope="col">Problems</th>
            <th scope="col">Seconds</th>
          </tr>
        </thead>
        <tbody>
          {props.facts.map((fact) => (
            <tr key={fact.seq}>
              <td>
                <Time at={viewFact(fact).producedAt} />
              </td>
              <td>
                <NodeLink id={viewFact(fact).node} />
              </td>
              {['files', 'added', 'changed', 'removed', 'problems', 'seconds'].map((name) => (
                <td key={name} class="number">
                  {figure(fact, name)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Changes where a scan begins and where it ends: then there may be other things to tell. */
function turnOf(scans: Scans): string {
  return `${scans.scan?.began_at ?? ''} ${scans.scan?.state ?? ''}`;
}

function Slow(props: { turn: string }): JSX.Element {
  const answer = useAnswer(props.turn, askSlowFiles);
  return (
    <Card title="Slowest files">
      <Answered answer={answer}>
        {({ files }) =>
          files.length === 0 ? (
            <Empty>No file was read yet.</Empty>
          ) : (
            <ul class="list">
              {files.map((file) => (
                <li key={file.path}>
                  <Name text={file.path} />
                  <span class="list-side dim">
                    {formatBytes(file.bytes)} · {formatDuration(file.seconds * 1000)}
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

function Now(props: { scans: Scans; action: Action }): JSX.Element {
  const { scans, action } = props;
  const isRunning = scans.scan?.running === true;
  return (
    <Card title={isRunning ? 'Scanning' : 'Last scan'}>
      {scans.scan === null ? <Empty>Nothing was scanned yet.</Empty> : <Progress scan={scans.scan} canStop={scans.can_stop} action={action} />}
      {scans.last_error !== undefined && (
        <p class="change-removed">
          <Name text={scans.last_error} most={600} />
        </p>
      )}
      {scans.roots.length === 0 ? (
        <p class="dim">
          This service begins no scans; <code>cairn serve --scan-root DIR</code> would let it, and <code>cairn scan DIR</code> does so by hand.
        </p>
      ) : (
        <Begin roots={scans.roots} isRunning={isRunning} action={action} />
      )}
      <ActionNote action={action} />
    </Card>
  );
}

export function ScansPage(): JSX.Element {
  const answer = useAnswer('scans', askScans);
  const action = useAction(answer.reload);
  const scan = answer.value?.scan;
  useTicking(true, scan?.running === true ? EVERY_MS : 5 * EVERY_MS, answer.reload);
  return (
    <>
      <h1>Scans</h1>
      <p class="dim">Trees of files whose metadata is taken out, again only where they changed.</p>
      <Answered answer={answer}>
        {(scans) => (
          <>
            <Now scans={scans} action={action} />
            <ScanProblems turn={turnOf(scans)} />
            <Slow turn={turnOf(scans)} />
            <Card title="Scans before">
              <Recent facts={scans.recent ?? []} />
            </Card>
          </>
        )}
      </Answered>
      <Commands path="/api/v1/scans" cli={['scan', 'PATH']} />
    </>
  );
}
