import type { JSX } from 'preact';

import { askCache, type CacheLevel, type CacheLine, type CacheLoads, type CacheReport } from '../api/cache';
import { useAnswer } from '../api/use_answer';
import { useTicking } from '../api/use_ticking';
import { formatBytes, formatNumber, plural } from '../base/text';
import { formatDuration } from '../base/time';
import { Answered, Card, Empty, Name } from '../ui/basics';
import { Commands } from '../ui/copyable';
import { Meter } from '../ui/meter';
import { CacheEntries } from './cache_entries';
import { CacheWarming } from './cache_warming';

const EVERY_MS = 3000;

function percent(ratio: number): string {
  return `${(ratio * 100).toFixed(1)} %`;
}

export function formatNs(ns: number): string {
  if (ns === 0) return '—';
  if (ns < 1000) return `${ns} ns`;
  if (ns < 1e6) return `${(ns / 1000).toFixed(1)} µs`;
  if (ns < 1e9) return `${(ns / 1e6).toFixed(1)} ms`;
  return formatDuration(ns / 1e6);
}

function Level(props: { level: CacheLevel }): JSX.Element {
  const { level } = props;
  const room = level.bytes_max > 0 ? ` of ${formatBytes(level.bytes_max)}` : '';
  return (
    <div class="level">
      <h3>
        <Name text={level.level} />{' '}
        <span class={level.open ? 'badge state-completed' : 'badge state-aborted'}>
          <Name text={level.state === '' ? (level.open ? 'open' : 'closed') : level.state} most={80} />
        </span>
      </h3>
      {level.open && (
        <Meter
          value={level.bytes}
          most={level.bytes_max}
          label={`How full ${level.level} is`}
          text={`${plural(level.entries, 'entry', 'entries')}, ${formatBytes(level.bytes)}${room}`}
        />
      )}
    </div>
  );
}

function Levels(props: { levels: CacheLevel[] }): JSX.Element {
  return (
    <div class="levels">
      {props.levels.map((level) => (
        <Level key={level.level} level={level} />
      ))}
    </div>
  );
}

function Operations(props: { lines: CacheLine[]; label: string }): JSX.Element {
  return (
    <div class="scroll" role="region" aria-label={props.label} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">Operation</th>
            <th scope="col">Level</th>
            <th scope="col">Hit ratio</th>
            <th scope="col">Hits</th>
            <th scope="col">Misses</th>
            <th scope="col">Stale</th>
            <th scope="col">Evicted</th>
            <th scope="col">Errors</th>
            <th scope="col">Hit, p50</th>
            <th scope="col">p99</th>
          </tr>
        </thead>
        <tbody>
          {props.lines.map((line) => (
            <tr key={`${line.operation} ${line.level}`}>
              <td>
                <Name text={line.operation} />
              </td>
              <td>{line.level}</td>
              <td>
                <Meter value={line.hit_ratio} most={1} label={`Hit ratio of ${line.operation}`} text={percent(line.hit_ratio)} />
              </td>
              <td class="number">{formatNumber(line.hits)}</td>
              <td class="number">{formatNumber(line.misses)}</td>
              <td class="number">{formatNumber(line.stale)}</td>
              <td class="number">{formatNumber(line.evicted)}</td>
              <td class="number">{formatNumber(line.errors)}</td>
              <td class="number">{formatNs(line.hit_p50_ns)}</td>
              <td class="number">{formatNs(line.hit_p99_ns)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Loads(props: { loads: CacheLoads[]; label: string }): JSX.Element {
  return (
    <div class="scroll" role="region" aria-label={props.label} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">Operation</th>
            <th scope="col">Calls</th>
            <th scope="col">Answered without asking</th>
            <th scope="col">Asked</th>
            <th scope="col">Failed</th>
            <th scope="col">Shared</th>
            <th scope="col">Asking, p50</th>
            <th scope="col">p99</th>
            <th scope="col">Time saved</th>
          </tr>
        </thead>
        <tbody>
          {props.loads.map((one) => (
            <tr key={one.operation}>
              <td>
                <Name text={one.operation} />
              </td>
              <td class="number">{formatNumber(one.calls)}</td>
              <td class="number">{percent(one.answered_ratio)}</td>
              <td class="number">{formatNumber(one.loads)}</td>
              <td class="number">{formatNumber(one.load_failures)}</td>
              <td class="number">{formatNumber(one.coalesced)}</td>
              <td class="number">{formatNs(one.load_p50_ns)}</td>
              <td class="number">{formatNs(one.load_p99_ns)}</td>
              <td class="number">{formatNs(one.time_saved_ns)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Report(props: { title: string; about: string; report: CacheReport | null; none: string }): JSX.Element {
  const { report, title } = props;
  const loads = (report?.loads ?? []).filter((one) => one.calls > 0);
  return (
    <Card title={title} side={<span class="dim">{props.about}</span>}>
      {report === null ? (
        <Empty>{props.none}</Empty>
      ) : (
        <>
          <Levels levels={report.levels} />
          {report.operations.length > 0 && <Operations lines={report.operations} label={`${title}: hits`} />}
          {loads.length > 0 && <Loads loads={loads} label={`${title}: asking`} />}
          {report.operations.length === 0 && <Empty>Nothing was asked yet.</Empty>}
        </>
      )}
    </Card>
  );
}

export function CachePage(): JSX.Element {
  const answer = useAnswer('cache', askCache);
  useTicking(true, EVERY_MS, answer.reload);
  return (
    <>
      <h1>Cache</h1>
      <p class="dim">What is kept so that it need not be asked or worked out again.</p>
      <Answered answer={answer}>
        {(value) => (
          <>
            <Report title="Look-ups" about="what other services answered" report={value.lookups} none="This service asks no other services: docs/cache.md says how it would." />
            <Report title="Answers" about="what this service answered" report={value.answers} none="No answers are kept." />
            {value.lookups !== null && (
              <>
                <CacheWarming />
                <CacheEntries />
              </>
            )}
          </>
        )}
      </Answered>
      <Commands path="/api/v1/cache" cli={['cache', 'stats']} />
    </>
  );
}
