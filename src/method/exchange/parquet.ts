// Pictures as Parquet shards that Hugging Face datasets opens: `data/train-00000-of-00001.parquet`, one row a picture.

import { existsSync, lstatSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Project } from '../../project/project.ts';
import { fromColumns, fromRatingList, readText, toColumns, toRatingColumns, wrong } from './columns.ts';
import { listFiles } from './folder.ts';
import type { Item } from './items.ts';
import { type ParquetColumn, writeParquet } from './parquet-file.ts';
import { readBytes, readParquet, readParquetInfo, requireColumns } from './parquet-read.ts';
import type { Incoming } from './store-items.ts';

const SHARD_BYTES = 300_000_000;

/** Writes one file where `out` ends in .parquet, else a folder of shards. */
export async function writeParquetShards({ images }: Project, items: readonly Item[], out: string): Promise<void> {
  if (out.endsWith('.parquet'))
    return writeParquet(
      out,
      toTable(items, (hash) => images.getBlob(hash)),
    );
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
    writeParquet(
      join(out, 'data', name),
      toTable(shard, (hash) => images.getBlob(hash)),
    );
  });
}

function toTable(items: readonly Item[], read: (hash: string) => Uint8Array): ParquetColumn[] {
  const rows = items.map(toColumns);
  const column = (name: keyof ReturnType<typeof toColumns>, kind: ParquetColumn['kind']) => ({
    name,
    kind,
    values: rows.map((row) => row[name]),
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
    {
      name: 'ratings',
      kind: 'string',
      values: items.map(({ ratings }) => JSON.stringify(ratings.map(toRatingColumns))),
    },
  ];
}

/** Reads one file, or all Parquet files of a folder. */
export async function* readParquetShards(path: string): AsyncGenerator<Incoming> {
  if (!existsSync(path)) throw wrong(path, 'there is no such file or folder');
  const files = lstatSync(path).isDirectory()
    ? [...listFiles(path)]
        .filter(([name]) => name.endsWith('.parquet'))
        .map(([, file]) => file)
        .sort()
    : [path];
  if (files.length === 0) throw wrong(path, 'no Parquet file in this folder');
  checkShards(files);
  for (const file of files) {
    requireColumns(file, await readParquetInfo(file), ['image', 'text']);
    for await (const { row, number } of readParquet(file)) {
      const where = `${file} row ${number}`;
      const bytes = readBytes(row.image, 'image', where);
      yield {
        where,
        prompt: readText(row.text, 'text', where),
        picture: async () => bytes,
        ...fromColumns(row, where),
        ratings: fromRatingList(parseRatings(row.ratings, where), where),
      };
    }
  }
}

/** Shards say how many they are; a missing one is a half data set. */
function checkShards(files: readonly string[]): void {
  const counts = files.flatMap((file) => /-of-(\d{5})\.parquet$/.exec(basename(file))?.[1] ?? []);
  if (counts.length > 0 && counts.length !== Number(counts[0]))
    throw wrong(files[0]!, `expected ${Number(counts[0])} shards, got ${counts.length}`);
}

function parseRatings(value: unknown, where: string): unknown {
  if (typeof value !== 'string' || value === '') return value;
  try {
    return JSON.parse(value);
  } catch {
    throw wrong(where, 'ratings: no JSON');
  }
}
