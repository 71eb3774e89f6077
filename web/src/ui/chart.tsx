import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { linear, ticks } from '../base/scale';
import { compactNumber, formatNumber } from '../base/text';
import { formatDay, formatTime } from '../base/time';

export interface Point {
  at: number;
  value: number;
  label?: string;
  href?: string;
  isBad?: boolean;
}

const LEFT = 46;
const RIGHT = 10;
const TOP = 10;
const BOTTOM = 24;

/** What the drawing says, for those who do not see it. */
function wordsFor(label: string, points: Point[], format: (value: number) => string): string {
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined) return `${label}: nothing`;
  const values = points.map((point) => point.value);
  const range = `between ${format(Math.min(...values))} and ${format(Math.max(...values))}, last ${format(last.value)}`;
  return `${label}: ${points.length} values from ${formatDay(first.at)} to ${formatDay(last.at)}, ${range}`;
}

/** Values over time, as a line with a point each or as bars; `label` says to those who do not see it what it shows. */
export function Chart(props: {
  points: Point[];
  label: string;
  shape?: 'line' | 'bars';
  height?: number;
  /** Of the drawing; it is scaled to the room there is. */
  width?: number;
  format?: (value: number) => string;
  /** Of the axis of time. */
  formatAt?: (ms: number) => string;
}): JSX.Element {
  const [over, setOver] = useState<Point>();
  const height = props.height ?? 180;
  const width = props.width ?? 640;
  const format = props.format ?? formatNumber;
  const points = [...props.points].sort((a, b) => a.at - b.at);
  const values = points.map((point) => point.value);
  const isBars = props.shape === 'bars';
  const high = Math.max(...values, isBars ? 1 : -Infinity);
  const lowest = Math.min(...values);
  const low = isBars || (lowest >= 0 && lowest < high * 0.6) ? Math.min(0, lowest) : lowest - (high - lowest || 1) * 0.1;
  const first = points[0]?.at ?? 0;
  const last = points.at(-1)?.at ?? 1;
  const slot = (width - LEFT - RIGHT) / Math.max(1, points.length);
  const inset = isBars ? slot / 2 : 6;
  const x = linear(first, last === first ? first + 1 : last, LEFT + inset, width - RIGHT - inset);
  const y = linear(low, high === low ? low + 1 : high, height - BOTTOM, TOP);
  const path = points.map((point, i) => `${i === 0 ? 'M' : 'L'}${x(point.at).toFixed(1)} ${y(point.value).toFixed(1)}`).join('');
  const days = [...new Set([0, 0.25, 0.5, 0.75, 1].map((part) => points[Math.round(part * (points.length - 1))]))];
  return (
    <figure class="chart">
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={wordsFor(props.label, points, format)}>
        {ticks(low, high, 4).map((tick) => (
          <g key={tick} class="chart-grid">
            <line x1={LEFT} x2={width - RIGHT} y1={y(tick)} y2={y(tick)} />
            <text x={LEFT - 6} y={y(tick) + 3.5} text-anchor="end">
              {compactNumber(tick)}
            </text>
          </g>
        ))}
        {days.map(
          (point, i) =>
            point !== undefined && (
              <text key={i} class="chart-time" x={x(point.at)} y={height - 6} text-anchor={isBars ? 'middle' : i === 0 ? 'start' : i === days.length - 1 ? 'end' : 'middle'}>
                {(props.formatAt ?? formatDay)(point.at)}
              </text>
            ),
        )}
        {!isBars && <path class="chart-line" d={path} />}
        {points.map((point, i) => {
          const common = {
            onMouseEnter: () => setOver(point),
            onMouseLeave: () => setOver(undefined),
          };
          if (isBars) {
            const thick = Math.max(1, Math.min(28, slot * 0.78));
            return (
              <g key={i} {...common} class={point.isBad === true ? 'chart-bar is-bad' : 'chart-bar'}>
                <rect class="chart-hit" x={x(point.at) - slot / 2} y={TOP} width={slot} height={height - BOTTOM - TOP} />
                <rect x={x(point.at) - thick / 2} y={y(point.value)} width={thick} height={Math.max(0, y(0) - y(point.value))} rx={Math.min(2, thick / 4)} />
              </g>
            );
          }
          return (
            <g key={i} {...common} class={point.isBad === true ? 'chart-point is-bad' : 'chart-point'}>
              <circle class="chart-hit" cx={x(point.at)} cy={y(point.value)} r={10} />
              <circle cx={x(point.at)} cy={y(point.value)} r={points.length > 80 ? 2 : 3.2} />
            </g>
          );
        })}
      </svg>
      <figcaption aria-hidden="true">
        {over === undefined ? ' ' : `${formatTime(over.at)} · ${over.label ?? format(over.value)}`}
      </figcaption>
    </figure>
  );
}
