import type { JSX } from 'preact';

import type { Run } from '../api/types';
import { hrefOf } from '../base/location';
import { linear, ticks } from '../base/scale';
import { formatDay, formatDuration, formatTime, timeMs } from '../base/time';

const WIDTH = 1150;
const HEIGHT = 170;
const LEFT = 52;
const BOTTOM = 22;

export function durationOf(run: Run): number | undefined {
  if (run.started_at === null || run.ended_at === null) return undefined;
  const took = timeMs(run.ended_at) - timeMs(run.started_at);
  return took >= 0 ? took : undefined;
}

/** A bar for each run, as tall as it took, in the colour of its state, in the order of time. */
export function RunTimeline(props: { runs: Run[] }): JSX.Element {
  const runs = props.runs
    .filter((run) => (run.started_at ?? run.first_seen) !== null)
    .sort((a, b) => timeMs(a.started_at ?? a.first_seen ?? '') - timeMs(b.started_at ?? b.first_seen ?? ''));
  const longest = Math.max(...runs.map((run) => durationOf(run) ?? 0), 1);
  const slot = (WIDTH - LEFT) / Math.max(runs.length, 1);
  const y = linear(0, longest, HEIGHT - BOTTOM, 8);
  const width = Math.max(1, Math.min(26, slot * 0.8));
  const marked = runs.length < 2 ? runs : [0, 0.5, 1].map((part) => runs[Math.round(part * (runs.length - 1))]);
  return (
    <svg class="timeline" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="group" aria-label="Runs by time: height is duration, colour is state">
      {ticks(0, longest, 3).map((tick) => (
        <g key={tick}>
          <line x1={LEFT} x2={WIDTH} y1={y(tick)} y2={y(tick)} />
          <text x={LEFT - 5} y={y(tick) + 3.5} text-anchor="end">
            {formatDuration(tick)}
          </text>
        </g>
      ))}
      {runs.map((run, i) => {
        const took = durationOf(run);
        const top = y(took ?? longest * 0.04);
        const words = `${formatTime(run.started_at ?? run.first_seen ?? '')}, ${run.state.toLowerCase()}${took === undefined ? '' : `, ${formatDuration(took)}`}`;
        return (
          <a key={run.run_id} href={hrefOf('run', run.run_id)} aria-label={words}>
            <rect class={`bar-${run.state.toLowerCase()}`} x={LEFT + slot * (i + 0.5) - width / 2} y={top - 2} width={width} height={HEIGHT - BOTTOM - top + 2} rx={2}>
              <title>{words}</title>
            </rect>
          </a>
        );
      })}
      {marked.map(
        (run, i) =>
          run !== undefined && (
            <text key={i} x={LEFT + slot * (runs.indexOf(run) + 0.5)} y={HEIGHT - 6} text-anchor={i === 0 ? 'start' : i === marked.length - 1 ? 'end' : 'middle'}>
              {formatDay(timeMs(run.started_at ?? run.first_seen ?? ''))}
            </text>
          ),
      )}
    </svg>
  );
}
