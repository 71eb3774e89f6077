import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

import { instantsOf, spanOf } from '../base/instants';
import { formatTime, timeMs } from '../base/time';
import type { LineageAnswer } from './lineage_answer';
import type { ToolProps } from './lineage_tools';

const STEPS = 1000;
const SETTLE_MS = 120;

/** The graph as it stood at any instant. The slider's right end is the present. */
export function LineageTime(props: ToolProps & { answer: LineageAnswer | undefined }): JSX.Element | null {
  const { state, set, answer } = props;
  const [moving, setMoving] = useState<number>();
  const timer = useRef<ReturnType<typeof setTimeout>>();
  useEffect(() => setMoving(undefined), [state.asOf]);
  useEffect(() => () => clearTimeout(timer.current), []);
  if (answer === undefined) return null;
  const graphs = answer.now === undefined ? [answer.graph] : [answer.graph, answer.now];
  const instants = instantsOf(graphs);
  const span = spanOf(graphs, Date.now());
  const asOfMs = state.asOf === undefined ? undefined : timeMs(state.asOf);
  const at = asOfMs === undefined ? STEPS : Math.max(0, Math.min(STEPS - 1, Math.round(((asOfMs - span.from) / (span.until - span.from)) * STEPS)));
  const instantAt = (step: number): number => Math.round(span.from + ((span.until - span.from) * step) / STEPS);
  const goTo = (ms: number | undefined): void => set({ asOf: ms === undefined ? '' : new Date(ms).toISOString() }, { replace: true });
  const onInput = (step: number): void => {
    setMoving(step);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => goTo(step >= STEPS ? undefined : instantAt(step)), SETTLE_MS);
  };
  const here = asOfMs ?? Infinity;
  const before = instants.filter((ms) => ms < here - 1).at(-1);
  const after = instants.find((ms) => ms > here);
  const shown = moving ?? at;
  const words = shown >= STEPS ? 'now' : formatTime(moving === undefined ? (asOfMs ?? 0) : instantAt(shown));
  return (
    <div class="time" role="group" aria-label="Time">
      <button type="button" class="quiet" disabled={before === undefined} onClick={() => goTo(before)} aria-label="The change before" title="The change before">
        ◂
      </button>
      <label class="time-slider">
        <span class="sr">As of</span>
        <input type="range" min={0} max={STEPS} value={shown} aria-valuetext={words} onInput={(event) => onInput(Number(event.currentTarget.value))} />
        <svg class="time-marks" viewBox="0 0 1000 6" preserveAspectRatio="none" aria-hidden="true">
          {instants.slice(0, 400).map((ms) => (
            <rect key={ms} x={((ms - span.from) / (span.until - span.from)) * 1000 - 1} y={0} width={2} height={6} />
          ))}
        </svg>
      </label>
      <button type="button" class="quiet" disabled={asOfMs === undefined} onClick={() => goTo(after)} aria-label="The change after" title="The change after">
        ▸
      </button>
      <span class="time-text" role="status">
        as of <strong>{words}</strong>
      </span>
      <button type="button" disabled={asOfMs === undefined} onClick={() => goTo(undefined)}>
        Now
      </button>
    </div>
  );
}
