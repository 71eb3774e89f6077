/** Round numbers from about `low` to about `high`, `count` or so of them. */
export function ticks(low: number, high: number, count: number): number[] {
  if (!(high > low)) return [low];
  const raw = (high - low) / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= raw) ?? raw;
  const out: number[] = [];
  for (let at = Math.ceil(low / step) * step; at <= high + step * 1e-9; at += step) out.push(Number(at.toPrecision(12)));
  return out;
}

export function linear(fromLow: number, fromHigh: number, toLow: number, toHigh: number): (value: number) => number {
  const factor = fromHigh === fromLow ? 0 : (toHigh - toLow) / (fromHigh - fromLow);
  return (value) => toLow + (value - fromLow) * factor;
}
