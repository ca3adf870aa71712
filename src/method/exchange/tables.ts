// Tables of rows about pictures, by the ending of their file: CSV, JSON lines or Parquet.

import { withPlainNames } from '../../util/column-names.ts';
import { readCsvTable } from '../../util/csv-table.ts';
import { nameErrors, wrong } from './columns.ts';
import { readTextFile } from './folder.ts';
import { findLabels, type LabelReader } from './labels.ts';
import type { ImportNotes } from './notes.ts';
import { readParquet, readParquetInfo, requireColumns } from './parquet-read.ts';

export interface TableRow {
  readonly row: Readonly<Record<string, unknown>>;
  readonly where: string;
}

export interface Table {
  readonly rows: Iterable<TableRow> | AsyncIterable<TableRow>;
  readonly labels: LabelReader | undefined;
}

/** What columns are called that name a picture. */
export const FILE_COLUMNS = ['file_name', 'filename', 'image', 'file'] as const;
/** What columns are called that hold its text. */
export const TEXT_COLUMNS = ['text', 'prompt', 'caption'] as const;

/**
 * Opens a table whose rows name files.
 *
 * @param label what errors call it
 * @throws CollimateError USAGE where it is damaged as a whole, or no column names files; rows that are damaged are noted.
 */
export async function openTable(path: string, label: string, notes: ImportNotes): Promise<Table> {
  if (/\.parquet$/i.test(path)) return openParquetTable(path, label);
  const text = readTextFile(path, label);
  const rows = /\.(csv|tsv)$/i.test(path)
    ? await readCsvRows(text, label, notes)
    : await readJsonLines(text, label, notes);
  return { rows, labels: findLabels(rows.map(({ row }) => row)) };
}

async function openParquetTable(path: string, label: string): Promise<Table> {
  const info = await readParquetInfo(path, label);
  if (!FILE_COLUMNS.some((name) => info.columns.includes(name))) requireColumns(label, info, ['file_name']);
  async function* rows(): AsyncGenerator<TableRow> {
    for await (const { row, number } of readParquet(path, { label })) yield { row, where: `${label} row ${number}` };
  }
  return { rows: rows(), labels: await findParquetLabels(path, label) };
}

/** The labels of a Parquet file, for which their columns are read once more, without the pictures. */
export async function findParquetLabels(path: string, label = path): Promise<LabelReader | undefined> {
  const { columns: all, classNames } = await readParquetInfo(path, label);
  const columns = ['good', 'bad', 'answer', 'label'].filter((name) => all.includes(name));
  if (columns.length === 0) return undefined;
  const rows: Record<string, unknown>[] = [];
  for await (const { row } of readParquet(path, { label, columns })) rows.push(row);
  return findLabels(rows, classNames);
}

async function readCsvRows(text: string, label: string, notes: ImportNotes): Promise<TableRow[]> {
  const { columns, rows } = nameErrors(label, () => readCsvTable(text, [...FILE_COLUMNS, ...TEXT_COLUMNS]));
  if (!FILE_COLUMNS.some((name) => columns.includes(name)))
    throw wrong(label, `the columns are ${columns.slice(0, 8).join(', ')}; none is file_name`);
  const found: TableRow[] = [];
  for (const record of rows) {
    const where = `${label} line ${record.line}`;
    const row = await notes.attempt(() => {
      if ('problem' in record) throw wrong(where, record.problem);
      return record.values;
    });
    if (row) found.push({ row, where });
  }
  return found;
}

async function readJsonLines(text: string, label: string, notes: ImportNotes): Promise<TableRow[]> {
  const found: TableRow[] = [];
  for (const [i, line] of text.split(/\r\n|\r|\n/).entries()) {
    if (line.trim() === '') continue;
    const where = `${label} line ${i + 1}`;
    const row = await notes.attempt(() => parseObject(line, where));
    if (row) found.push({ row, where });
  }
  return found;
}

/** A JSON object. @throws CollimateError USAGE */
function parseObject(text: string, where: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw wrong(where, `no JSON (${(error as Error).message})`);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return withPlainNames(value as Record<string, unknown>);
  throw wrong(where, 'expected a JSON object');
}
