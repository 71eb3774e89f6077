const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Milliseconds since 1970; NaN for a text that is no time. */
export function timeMs(text: string): number {
  return Date.parse(text);
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** `2026-01-30 02:04:35`, UTC: what the log says, whoever looks. */
export function formatTime(text: string | number): string {
  const ms = typeof text === 'number' ? text : timeMs(text);
  if (Number.isNaN(ms)) return typeof text === 'number' ? '' : text;
  const time = new Date(ms);
  const day = `${time.getUTCFullYear()}-${two(time.getUTCMonth() + 1)}-${two(time.getUTCDate())}`;
  return `${day} ${two(time.getUTCHours())}:${two(time.getUTCMinutes())}:${two(time.getUTCSeconds())}`;
}

export function formatDay(ms: number): string {
  return formatTime(ms).slice(0, 10);
}

/** `01-30 02:04`. */
export function formatMinute(ms: number): string {
  return formatTime(ms).slice(5, 16);
}

/** `3 minutes ago`. */
export function formatAgo(ms: number, now: number): string {
  const past = now - ms;
  const size = Math.abs(past);
  const units: [number, string][] = [
    [365 * DAY, 'year'],
    [30 * DAY, 'month'],
    [DAY, 'day'],
    [HOUR, 'hour'],
    [MINUTE, 'minute'],
    [1000, 'second'],
  ];
  for (const [length, name] of units) {
    const count = Math.floor(size / length);
    if (count < 1) continue;
    const text = `${count} ${name}${count === 1 ? '' : 's'}`;
    return past >= 0 ? `${text} ago` : `in ${text}`;
  }
  return 'now';
}

/** `1 h 4 min`, `266.9 s`, `12 ms`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 10 * MINUTE) return `${(ms / 1000).toFixed(ms < MINUTE ? 1 : 0)} s`;
  const hours = Math.floor(ms / HOUR);
  const minutes = Math.round((ms % HOUR) / MINUTE);
  if (hours === 0) return `${minutes} min`;
  return hours < 48 ? `${hours} h ${minutes} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
