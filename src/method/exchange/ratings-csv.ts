// Raw ratings as CSV (RFC 4180), one line an answer, without the pictures. Cells that a spreadsheet would run as formulas are
// written with an apostrophe before them, which reading takes away again.

import type { Project } from '../../project/project.ts';
import { formatCsv, unguardCell } from '../../util/csv.ts';
import { readCsvTable } from '../../util/csv-table.ts';
import { writeFileAtomic } from '../../util/files.ts';
import { fromColumns, fromRatingColumns, nameErrors, toColumns, toRatingColumns, wrong } from './columns.ts';
import { readTextFile } from './folder.ts';
import type { Item } from './items.ts';
import type { Incoming } from './store-items.ts';

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
      (rating): Record<string, unknown> => ({ prompt: item.prompt, ...toColumns(item), ...toRatingColumns(rating) }),
    ),
  );
  writeFileAtomic(out, formatCsv([COLUMNS, ...rows.map((row) => COLUMNS.map((name) => String(row[name] ?? '')))]));
}

/** Reads answers about pictures that are in the project already, told by image_id or image_hash. */
export function readRatingsCsv(path: string): Incoming[] {
  const text = readTextFile(path);
  const { columns, rows } = nameErrors(path, () => readCsvTable(text, COLUMNS));
  const missing = ['rater', 'answer'].filter((name) => !columns.includes(name));
  if (missing.length > 0)
    throw wrong(
      path,
      `expected the columns rater, answer, and image_id or image_hash; the file has ${columns.slice(0, 12).join(', ')}`,
    );
  return rows.map((record) => {
    const where = `${path} line ${record.line}`;
    if ('problem' in record) throw wrong(where, record.problem);
    const row = Object.fromEntries(Object.entries(record.values).map(([name, cell]) => [name, unguardCell(cell)]));
    return { where, prompt: '', ...fromColumns(row, where), ratings: [fromRatingColumns(row, where)] };
  });
}
