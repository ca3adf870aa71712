// A table with names in its first row, as people and spreadsheets write it: columns in any order, capital letters, other
// delimiters, blank cells at the end of a row.

import { type CsvRow, parseCsv } from './csv.ts';
import { CollimateError } from './errors.ts';

/** A row by its columns, or what is wrong with it. */
export type CsvRecord =
  | { readonly line: number; readonly values: Readonly<Record<string, string>> }
  | { readonly line: number; readonly problem: string };

export interface CsvTable {
  /** Names in small letters without blanks around; columns without a name are left out. */
  readonly columns: readonly string[];
  readonly rows: readonly CsvRecord[];
}

/** What some spreadsheets write in place of commas. */
const DELIMITERS = [',', ';', '\t'];

/** A first line with which spreadsheets say what their delimiter is. */
const NAMED_DELIMITER = /^\uFEFF?sep=([^\r\n])(?=[\r\n])/i;

/**
 * Reads a table. The delimiter is the one of a first line `sep=;`, or the first of comma, semicolon and tab with which the first
 * row has a column of `known`.
 *
 * @param known the columns that the caller reads; one that is there twice is refused
 * @throws CollimateError USAGE for a table without a first row, quotes that swallow rows (`parseCsv`), and columns that are
 *   there twice.
 */
export function readCsvTable(source: string, known: readonly string[]): CsvTable {
  const named = NAMED_DELIMITER.exec(source);
  const text = named ? source.slice(named[0].length) : source;
  const delimiter =
    named?.[1] ?? DELIMITERS.find((candidate) => readNames(text, candidate).some((name) => known.includes(name)));
  const [header, ...rows] = parseCsv(text, delimiter);
  if (!header)
    throw new CollimateError('USAGE', 'the table is empty', 'Give it a first line with the names of its columns.');
  const names = toNames(header);
  const twice = known.find((name) => names.indexOf(name) !== names.lastIndexOf(name));
  if (twice !== undefined)
    throw new CollimateError('USAGE', `line 1: the column ${twice} is there twice`, 'Rename or remove one of them.');
  return { columns: names.filter((name) => name !== ''), rows: rows.map((row) => toRecord(row, names)) };
}

/** The first row as names, as far as it is well formed: a stray quote is told of when the table is read. */
function readNames(text: string, delimiter: string): string[] {
  const first = /[^\r\n]*/.exec(text.replace(/^\uFEFF?\s*/, ''))![0];
  try {
    return toNames(parseCsv(first, delimiter)[0]);
  } catch {
    return [];
  }
}

const toNames = (header: CsvRow | undefined) => header?.cells.map((name) => name.trim().toLowerCase()) ?? [];

function toRecord({ line, cells }: CsvRow, names: readonly string[]): CsvRecord {
  const extra = cells.slice(names.length).some((cell) => cell.trim() !== '');
  if (cells.length < names.length || extra)
    return { line, problem: `expected ${names.length} cells, got ${cells.length}` };
  const pairs = names.map((name, i) => [name, cells[i]!] as const).filter(([name]) => name !== '');
  return { line, values: Object.fromEntries(pairs) };
}
