import type { JSX } from 'preact';

/** How much of a whole, as a bar and in words. */
export function Meter(props: { value: number; most: number; label: string; text: string }): JSX.Element {
  const most = Math.max(props.most, 1e-9);
  const part = Math.max(0, Math.min(1, props.value / most));
  return (
    <div class="meter" role="meter" aria-label={props.label} aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(part * 100)} aria-valuetext={props.text}>
      <svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
        <rect class="meter-whole" width={100} height={6} rx={1} />
        <rect class="meter-part" width={100 * part} height={6} rx={1} />
      </svg>
      <span>{props.text}</span>
    </div>
  );
}
