// Figures and tables as Markdown: one way to write a share, a difference, an interval.

interface Range {
  readonly low: number | null;
  readonly high: number | null;
}

export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** What rounds to nought has no sign. */
const minus = (text: string) => (Number(text) === 0 ? text.replace('-', '') : text.replace('-', '−'));

export function signed(value: number, digits = 1): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(digits)}`;
}

export const points = (difference: number): string => `${signed(100 * difference)} points`;

export const number = (value: number, digits = 2): string => minus(value.toFixed(digits));

/** `(low to high)`; nothing where it cannot be told. */
export function range({ low, high }: Range, factor = 1, digits = 2): string {
  if (low === null || high === null) return '(no interval)';
  return `(${number(factor * low, digits)} to ${number(factor * high, digits)})`;
}

export function pValue(p: number): string {
  if (p < 0.0001) return 'p < 0.0001';
  return `p = ${p < 0.001 ? p.toFixed(4) : p.toFixed(3)}`;
}

export function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n');
}

/** `a, b and c` */
export function list(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
