// Small pieces of text for people: the nearest name, durations, sizes, tables.

/** The number of single-character edits between two texts (Levenshtein, 1966). */
export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}

/**
 * The candidate most like `name`, or undefined where none is close.
 *
 * @example
 * findNearest('lerningRate', ['learningRate', 'lambda']); // 'learningRate'
 */
export function findNearest(name: string, candidates: readonly string[]): string | undefined {
  const limit = Math.max(2, Math.ceil(name.length / 2));
  const plain = name.toLowerCase();
  const ranked = candidates.map((candidate) => ({ candidate, distance: editDistance(plain, candidate.toLowerCase()) }));
  ranked.sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  return best && best.distance <= limit ? best.candidate : undefined;
}

/**
 * Seconds as people say them.
 *
 * @example
 * formatDuration(3725); // '1h 02m'
 */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '?';
  if (seconds < 10) return `${seconds.toFixed(1)}s`;
  const whole = Math.round(seconds);
  const two = (n: number) => String(n).padStart(2, '0');
  if (whole < 60) return `${whole}s`;
  if (whole < 3600) return `${Math.floor(whole / 60)}m ${two(whole % 60)}s`;
  return `${Math.floor(whole / 3600)}h ${two(Math.floor((whole % 3600) / 60))}m`;
}

/**
 * Bytes in binary units.
 *
 * @example
 * formatBytes(3 * 1024 ** 3); // '3.0 GiB'
 */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

/** Bytes in GiB with three digits, smaller numbers in their own unit. */
export function formatGib(bytes: number): string {
  return bytes < 2 ** 30 / 100 ? formatBytes(bytes) : `${(bytes / 2 ** 30).toPrecision(3)} GiB`;
}

/** A cell that is longer takes its own room and makes the column no wider. */
const WIDEST = 64;

/** Rows of cells as left-aligned columns two spaces apart, without trailing blanks. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, i) => {
      widths[i] = Math.max(widths[i] ?? 0, cell.length > WIDEST ? 0 : cell.length);
    });
  return rows
    .map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** A number for a table cell: four significant digits, no trailing zeros. */
export function formatNumber(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
}

/**
 * A count with its word.
 *
 * @example
 * plural(1, 'answer'); // '1 answer'
 * plural(1200, 'answer'); // '1200 answers'
 */
export function plural(count: number, word: string, words = `${word}s`): string {
  return `${formatNumber(count)} ${count === 1 ? word : words}`;
}

/** A line such as `1 was left out` with a capital letter and a full stop. */
export function toSentence(line: string): string {
  return `${line.charAt(0).toUpperCase()}${line.slice(1)}.`;
}
