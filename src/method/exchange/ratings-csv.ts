// Raw ratings as CSV (RFC 4180), one line an answer, without the pictures. Cells that a spreadsheet would run as formulas are
// written with an apostrophe before them, which reading takes away again.

import type { Project } from '../../project/project.ts';
import { SCALES } from '../../project/rating/scales.ts';
import { formatCsv, unguardCell } from '../../util/csv.ts';
import { type CsvRecord, readCsvTable } from '../../util/csv-table.ts';
import { writeFileAtomic } from '../../util/files.ts';
import { tidyText } from '../../util/outside-text.ts';
import {
  fromColumns,
  fromRatingColumns,
  listScales,
  nameErrors,
  toColumns,
  toRatingColumns,
  wrong,
} from './columns.ts';
import { readTextFile } from './folder.ts';
import type { Item } from './items.ts';
import { answerLabel, findLabels, LABEL_RATER, type LabelReader, toLabel } from './labels.ts';
import type { ImportNotes } from './notes.ts';
import type { Source } from './source.ts';
import type { Incoming } from './store-items.ts';
import { FILE_COLUMNS, type TableRow, TEXT_COLUMNS } from './tables.ts';

const COLUMNS = [
  ...[
    'rating_id',
    'rater',
    'answer',
    'skipped',
    'milliseconds',
    'rated_at',
    'guideline_version',
    'side_shown',
    'words',
    'note',
    'prompt',
  ],
  ...[
    'category',
    'split',
    'image_id',
    'image_hash',
    'seed',
    'sampler',
    'steps',
    'guidance_scale',
    'model_hash',
    'round',
    'purpose',
  ],
];

export async function writeRatingsCsv(_project: Project, items: readonly Item[], out: string): Promise<void> {
  const rows = items.flatMap((item) =>
    item.ratings.map(
      (rating): Record<string, unknown> => ({
        prompt: item.prompt,
        ...toColumns(item),
        ...toRatingColumns(rating),
        words: rating.words.join(' '),
      }),
    ),
  );
  const columns = [...COLUMNS, ...listScales(items), ...(items.some(({ decision }) => decision) ? ['decision'] : [])];
  writeFileAtomic(out, formatCsv([columns, ...rows.map((row) => columns.map((name) => String(row[name] ?? '')))]));
}

/** Columns that say which picture is meant. */
const PICTURE_COLUMNS = ['image_id', 'image_hash', ...FILE_COLUMNS];
const OWN = [...COLUMNS, ...SCALES, ...FILE_COLUMNS, ...TEXT_COLUMNS];

/** Reads answers about pictures that are in the project already, told by image_id, image_hash or the name that their file had. */
export async function* readRatingsCsv({ path, notes }: Source): AsyncGenerator<Incoming> {
  const text = readTextFile(path);
  const { columns, rows: records } = nameErrors(path, () => readCsvTable(text, [...OWN, 'label', 'good', 'bad']));
  const rows: TableRow[] = [];
  for (const record of records) {
    const where = `${path} line ${record.line}`;
    const row = await notes.attempt(() => unguard(record, where));
    if (row) rows.push({ row, where });
  }
  const labels = columns.includes('answer') ? undefined : findLabels(rows.map(({ row }) => row));
  if (!labels && rows.length > 0 && columns.includes('label') && !columns.includes('answer'))
    throw wrong(
      path,
      `label: expected good, bad or skip, or numbers from 0 to 1 alone, got ${JSON.stringify(findNoLabel(rows))}`,
    );
  if ((!labels && !columns.includes('answer')) || !PICTURE_COLUMNS.some((name) => columns.includes(name)))
    throw wrong(
      path,
      `expected the columns answer (or label) and image_id, image_hash or file_name; the file has ${columns.slice(0, 12).join(', ')}`,
    );
  for (const row of rows) {
    const item = await notes.attempt(() => readRow(row, labels, notes));
    if (item) yield item;
  }
}

/** The first label that keeps the column from being one of labels; empty where all are empty. */
function findNoLabel(rows: readonly TableRow[]): string {
  const labels = rows.map(({ row }) => String(row.label ?? ''));
  return labels.find((label) => label !== '' && toLabel(label) === undefined) ?? '';
}

function unguard(record: CsvRecord, where: string): Record<string, string> {
  if ('problem' in record) throw wrong(where, record.problem);
  return Object.fromEntries(Object.entries(record.values).map(([name, cell]) => [name, unguardCell(cell)]));
}

function readRow({ row, where }: TableRow, labels: LabelReader | undefined, notes: ImportNotes): Incoming | undefined {
  const named = FILE_COLUMNS.map((column) => row[column]).find((value) => typeof value === 'string' && value !== '');
  const textColumn = TEXT_COLUMNS.find((column) => row[column]);
  const ratings = labels
    ? answerLabel(labels.read(row), labels.column, notes, { where, rater: row.rater })
    : row.answer === ''
      ? []
      : [fromRatingColumns({ ...row, rater: row.rater || LABEL_RATER, answer: spell(row.answer) }, where)];
  if (ratings.length === 0) {
    notes.leaveOut('row without an answer', where);
    return undefined;
  }
  if (!labels && !row.rater) notes.readAs(`answer without a rater, which counts as one of ${LABEL_RATER}`);
  const columns = fromColumns(row, notes, [...OWN, ...(labels?.columns ?? [])]);
  if (named === undefined && columns.imageId === undefined && columns.hash === undefined) refuseNoName(row, where);
  return {
    where,
    prompt: textColumn ? tidyText(String(row[textColumn])) : '',
    ...(typeof named === 'string' && { fileName: named }),
    ...columns,
    ratings,
  };
}

/** What stands where a picture should be named, and names none. */
function refuseNoName(row: TableRow['row'], where: string): void {
  for (const [column, digits] of [
    ['image_id', 32],
    ['image_hash', 64],
  ] as const)
    if (row[column])
      throw wrong(where, `${column}: expected ${digits} hexadecimal digits, got ${String(row[column]).slice(0, 80)}`);
}

/** Yes, true and the like as we have them; what is none of these is left for the check to refuse. */
function spell(answer: unknown): unknown {
  const label = toLabel(answer);
  return label === undefined || label === 'tie' ? answer : label;
}
