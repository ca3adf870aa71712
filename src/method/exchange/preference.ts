// Unpaired preferences, as trl calls them: prompt, completion and label, one row a good or bad answer. The completion is a
// picture; skips have no place here.

import type { Project } from '../../project/project.ts';
import { SCALES } from '../../project/rating/scales.ts';
import { sha256 } from '../../util/hash.ts';
import {
  fromColumns,
  fromRatingColumns,
  listScales,
  readText,
  saysPrecision,
  saysTile,
  toColumns,
  toRatingColumns,
  wrong,
} from './columns.ts';
import type { Item } from './items.ts';
import { toLabel } from './labels.ts';
import { type ParquetColumn, writeParquet } from './parquet-file.ts';
import { readBytes, readParquet, readParquetInfo, readPath, requireColumns } from './parquet-read.ts';
import { listShards } from './shards.ts';
import type { Source } from './source.ts';
import type { IncomingRating } from './store-answers.ts';
import type { Incoming } from './store-items.ts';

const STRINGS = [
  'image_id',
  'image_hash',
  'category',
  'split',
  'sampler',
  'negative_prompt',
  'model_hash',
  'purpose',
  'rating_id',
  'rater',
  'rated_at',
  'note',
] as const;

/** Writes one Parquet file. */
export async function writePreferences({ images }: Project, items: readonly Item[], out: string): Promise<void> {
  const rows = items.flatMap((item) =>
    item.ratings
      .filter(({ answer }) => answer !== 'skip')
      .map((rating) => ({ item, ...toColumns(item), ...toRatingColumns(rating) })),
  );
  if (rows.length === 0) throw wrong('preference', 'no image has a good or bad answer', 'Rate some images first.');
  const read = await images.openReader(rows.map(({ item }) => item.hash));
  const column = (name: string, kind: ParquetColumn['kind'], value: (row: (typeof rows)[number]) => unknown) => ({
    name,
    kind,
    values: rows.map(value),
  });
  writeParquet(out, [
    column('prompt', 'string', ({ item }) => item.prompt),
    column('completion', 'image', ({ item }) => ({ bytes: read(item.hash), path: `${item.hash}.png` })),
    column('label', 'bool', ({ answer }) => answer === 'good'),
    ...STRINGS.map((name) => column(name, 'string', (row) => row[name])),
    column('words', 'string', ({ words }) => words.join(' ')),
    column('seed', 'int64', ({ seed }) => seed),
    column('guidance_scale', 'float64', ({ guidance_scale }) => guidance_scale),
    ...(['steps', 'width', 'height', 'round', 'milliseconds', 'guideline_version'] as const).map((name) =>
      column(name, 'int32', (row) => row[name]),
    ),
    ...(saysPrecision(items) ? [column('precision', 'string', ({ precision }) => precision ?? null)] : []),
    ...(saysTile(items) ? [column('vae_tile', 'int32', ({ vae_tile }) => vae_tile ?? null)] : []),
    ...listScales(items).map((name) => column(name, 'int32', (row) => row[name] ?? null)),
  ]);
}

/** Columns that are read here; `messages` and the like of text data sets are not. */
const OWN = [
  ...['prompt', 'completion', 'label', 'rating_id', 'rater', 'rated_at', 'milliseconds', 'guideline_version'],
  ...['words', 'note'],
  ...SCALES,
];

/** Reads rows; those of one prompt and picture are answers about it. */
export async function* readPreferences({ path, notes }: Source): AsyncGenerator<Incoming> {
  const found = new Map<string, Incoming & { ratings: IncomingRating[] }>();
  for (const [, file] of listShards(path, notes)) {
    requireColumns(file, await readParquetInfo(file), ['prompt', 'completion', 'label']);
    for await (const { row, number } of readParquet(file)) {
      await notes.attempt(() => {
        const where = `${file} row ${number}`;
        const prompt = readText(row.prompt, 'prompt', where);
        const bytes = readBytes(row.completion, 'completion', where);
        const answer = toLabel(row.label);
        if (answer !== 'good' && answer !== 'bad')
          throw wrong(where, `label: expected true or false, got ${String(row.label)}`);
        // Two recipes may have given the same picture.
        const key = `${prompt}\n${sha256(bytes)}\n${String(row.image_id ?? '')}`;
        const own = found.get(key) ?? {
          where,
          prompt,
          picture: async () => bytes,
          fileName: readPath(row.completion),
          ...fromColumns(row, notes, OWN),
          ratings: [],
        };
        own.ratings.push(fromRatingColumns({ ...row, rater: row.rater ?? 'preference', answer }, where));
        found.set(key, own);
      });
    }
  }
  yield* found.values();
}
