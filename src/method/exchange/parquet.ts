// Pictures as Parquet shards that Hugging Face datasets opens: `data/train-00000-of-00001.parquet`, one row a picture.

import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import type { Project } from '../../project/project.ts';
import {
  fromColumns,
  fromRatingList,
  readText,
  saysPrecision,
  saysTile,
  toColumns,
  toRatingColumns,
} from './columns.ts';
import type { Item } from './items.ts';
import { answerLabel, type LabelReader } from './labels.ts';
import type { ImportNotes } from './notes.ts';
import { type ParquetColumn, writeParquet } from './parquet-file.ts';
import { readBytes, readParquet, readParquetInfo, readPath, requireColumns } from './parquet-read.ts';
import { listShards } from './shards.ts';
import type { Source } from './source.ts';
import { splitOfFile, toNotedSplit } from './splits.ts';
import type { Incoming } from './store-items.ts';
import { findParquetLabels, TEXT_COLUMNS } from './tables.ts';

const SHARD_BYTES = 300_000_000;

/** Writes one file where `out` ends in .parquet, else a folder of shards. */
export async function writeParquetShards({ images }: Project, items: readonly Item[], out: string): Promise<void> {
  const read = await images.openReader(items.map(({ hash }) => hash));
  if (out.endsWith('.parquet')) return writeParquet(out, toTable(items, read));
  const shards: Item[][] = [[]];
  let size = 0;
  for (const item of items) {
    const { size: own } = lstatSync(images.blobPath(item.hash));
    if (size + own > SHARD_BYTES && size > 0) {
      shards.push([]);
      size = 0;
    }
    shards.at(-1)!.push(item);
    size += own;
  }
  const number = (n: number) => String(n).padStart(5, '0');
  shards.forEach((shard, i) => {
    const name = `train-${number(i)}-of-${number(shards.length)}.parquet`;
    writeParquet(join(out, 'data', name), toTable(shard, read));
  });
}

function toTable(items: readonly Item[], read: (hash: string) => Uint8Array): ParquetColumn[] {
  const rows = items.map(toColumns);
  const column = (name: keyof ReturnType<typeof toColumns>, kind: ParquetColumn['kind']) => ({
    name,
    kind,
    values: rows.map((row) => row[name] ?? null),
  });
  return [
    { name: 'image', kind: 'image', values: items.map(({ hash }) => ({ bytes: read(hash), path: `${hash}.png` })) },
    { name: 'text', kind: 'string', values: items.map(({ prompt }) => prompt) },
    ...(
      [
        'image_id',
        'image_hash',
        'category',
        'split',
        'sampler',
        'negative_prompt',
        'model_hash',
        'purpose',
        'created_at',
      ] as const
    ).map((name) => column(name, 'string')),
    column('seed', 'int64'),
    ...(['steps', 'width', 'height', 'round', 'good', 'bad', 'skipped'] as const).map((name) => column(name, 'int32')),
    column('guidance_scale', 'float64'),
    column('label', 'float64'),
    ...(saysPrecision(items) ? [column('precision', 'string')] : []),
    ...(saysTile(items) ? [column('vae_tile', 'int32')] : []),
    ...(items.some(({ decision }) => decision) ? [column('decision', 'string')] : []),
    ...(items.some(({ sheets }) => sheets) ? [column('compared', 'int32'), column('best', 'int32')] : []),
    {
      name: 'ratings',
      kind: 'string',
      values: items.map(({ ratings }) => JSON.stringify(ratings.map(toRatingColumns))),
    },
  ];
}

/** Reads one file, or all Parquet files of a folder; one named `test-…` holds pictures that nothing learns from. */
export async function* readParquetShards({ path, notes }: Source): AsyncGenerator<Incoming> {
  for (const [name, file] of listShards(path, notes)) yield* readShard(name, file, notes);
}

async function* readShard(name: string, file: string, notes: ImportNotes): AsyncGenerator<Incoming> {
  const info = await readParquetInfo(file);
  const text = TEXT_COLUMNS.find((column) => info.columns.includes(column));
  requireColumns(file, info, ['image', text ?? 'text']);
  const labels = await findParquetLabels(file);
  for await (const { row, number } of readParquet(file)) {
    const item = await notes.attempt(() => readRow(row, text!, labels, `${file} row ${number}`, notes));
    if (item) yield { ...item, ...toNotedSplit(item.split ?? splitOfFile(name), row.split, notes) };
  }
}

function readRow(
  row: Readonly<Record<string, unknown>>,
  text: string,
  labels: LabelReader | undefined,
  where: string,
  notes: ImportNotes,
): Incoming {
  const bytes = readBytes(row.image, 'image', where);
  const answers = fromRatingList(row.ratings, where);
  return {
    where,
    prompt: readText(row[text], text, where),
    picture: async () => bytes,
    fileName: readPath(row.image),
    ...fromColumns(row, notes, ['image', text, ...(answers ? ['ratings'] : (labels?.columns ?? []))]),
    ratings:
      answers ?? (labels ? answerLabel(labels.read(row), labels.column, notes, { where, rater: row.rater }) : []),
  };
}
