// Numbers and times as people read them.

const integers = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

export function formatCount(value: number): string {
  return integers.format(value);
}

/** `0.4651` → `46.5 %`; null → `–`. */
export function formatShare(value: number | null | undefined, digits = 1): string {
  return value === null || value === undefined || Number.isNaN(value) ? '–' : `${toDigits(100 * value, digits)} %`;
}

/** `[0.41, 0.52]` → `41.0 to 52.0 %`; with "to", since ends may be below zero. */
export function formatShareInterval(ends: readonly [number, number] | null | undefined): string {
  return ends ? `${formatInterval([100 * ends[0], 100 * ends[1]], 1)} %` : '';
}

/** `[-0.09, 1]` → `−0.09 to 1.00`. */
export function formatInterval([low, high]: readonly [number, number], digits: number): string {
  return `${toDigits(low, digits)} to ${toDigits(high, digits)}`;
}

/** A difference of shares in points: `−12.5`, `+3.0`. */
export function formatPoints(difference: number): string {
  const text = toDigits(100 * difference, 1);
  return difference > 0 && text !== '0.0' ? `+${text}` : text;
}

/** The p of a test after its name: `= 0.031`, `< 0.001`. */
export function formatP(p: number): string {
  return p < 0.001 ? '< 0.001' : `= ${p.toFixed(3)}`;
}

/** With a true minus, and none before zero. */
function toDigits(value: number, digits: number): string {
  const text = value.toFixed(digits);
  return Number(text) === 0 ? text.replace('-', '') : text.replace('-', '−');
}

export function formatNumber(value: number | null | undefined, digits = 2): string {
  return value === null || value === undefined || Number.isNaN(value) ? '–' : toDigits(value, digits);
}

/** `83` → `1 min 23 s`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${whole % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** An ISO time as day and minute in the reader's own time. */
export function formatTime(iso: string): string {
  return new Date(iso).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
}

/** The first digits of a hash. */
export function shortHash(hash: string): string {
  return hash.slice(0, 10);
}

/** `1 image`, `2 images`. */
export function plural(count: number, noun: string, nouns = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : nouns}`;
}
