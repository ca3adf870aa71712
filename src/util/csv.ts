// Comma-separated values as RFC 4180 has them; what breaks its rules is read as Python's csv does, or refused by its line.

import { CollimateError } from './errors.ts';

/** One row: its cells, and the line of the file in which it begins. */
export interface CsvRow {
  readonly line: number;
  readonly cells: readonly string[];
}

/**
 * Rows of cells; blank lines are left out. Lines end in CRLF, LF or CR. A cell that starts with a quote may hold delimiters,
 * line breaks and doubled quotes; a quote anywhere else stands for itself, and what follows a closing quote belongs to the cell.
 *
 * @throws CollimateError USAGE where a quote is not closed, or is closed lines later in the middle of a cell: it would
 *   swallow the rows between.
 * @example
 * parseCsv('a,b\r\n"1, 2",3" x'); // [{ line: 1, cells: ['a', 'b'] }, { line: 2, cells: ['1, 2', '3" x'] }]
 */
export function parseCsv(source: string, delimiter = ','): CsvRow[] {
  const text = source.replace(/^\uFEFF/, '');
  const rows: CsvRow[] = [];
  for (let at = 0, line = 1; at < text.length; ) {
    const row = readRow(text, { at, line }, delimiter);
    if (row.cells.length > 1 || row.cells[0]!.trim() !== '') rows.push({ line, cells: row.cells });
    [at, line] = [row.end.at, row.end.line];
  }
  return rows;
}

/** A place in the text. */
interface Place {
  readonly at: number;
  readonly line: number;
}

function readRow(text: string, start: Place, delimiter: string): { cells: string[]; end: Place } {
  const cells: string[] = [];
  for (let place = start; ; ) {
    const quoted = text[place.at] === '"' ? readQuoted(text, place) : { value: '', end: place };
    const { at, line } = quoted.end;
    const end = findEnd(text, at, delimiter);
    if (end > at && line > place.line)
      throw broken(place.line, `a quote is opened here and closed within a cell of line ${line}`);
    cells.push(quoted.value + text.slice(at, end));
    if (text[end] !== delimiter) {
      const next = text.startsWith('\r\n', end) ? end + 2 : end + 1;
      return { cells, end: { at: next, line: line + 1 } };
    }
    place = { at: end + 1, line };
  }
}

/** Where a cell without quotes ends: at the delimiter, the end of the line or that of the text. */
function findEnd(text: string, start: number, delimiter: string): number {
  let at = start;
  while (at < text.length && text[at] !== delimiter && text[at] !== '\n' && text[at] !== '\r') at++;
  return at;
}

function readQuoted(text: string, start: Place): { value: string; end: Place } {
  let value = '';
  for (let at = start.at + 1; ; ) {
    const quote = text.indexOf('"', at);
    if (quote < 0) throw broken(start.line, 'a quote is opened here and never closed');
    value += text.slice(at, quote);
    if (text[quote + 1] !== '"')
      return { value, end: { at: quote + 1, line: start.line + (value.match(/\r\n|\r|\n/g)?.length ?? 0) } };
    value += '"';
    at = quote + 2;
  }
}

function broken(line: number, what: string): CollimateError {
  return new CollimateError(
    'USAGE',
    `line ${line}: ${what}`,
    'Put a cell that starts with a quote into quotes, and double each quote in it: """so"" she said".',
  );
}

/** An apostrophe before what a spreadsheet would run as a formula, and before what looks as if it had been guarded. */
export function guardCell(text: string): string {
  return /^'*[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}

/** Takes away what `guardCell` put there. */
export function unguardCell(text: string): string {
  return /^'+[=+\-@\t\r]/.test(text) ? text.slice(1) : text;
}

/**
 * Rows of cells as RFC 4180 has them: lines end in CRLF, cells with commas, quotes or line breaks are quoted. Texts are
 * guarded, so that no spreadsheet runs one as a formula.
 */
export function formatCsv(rows: readonly (readonly (string | number | boolean)[])[]): string {
  const cell = (value: string | number | boolean) => {
    const text = typeof value === 'string' ? guardCell(value) : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}
