// The Parquet files that a path means: one, or those of a folder, as data sets are cut into shards.

import { existsSync, lstatSync } from 'node:fs';
import { basename } from 'node:path';
import { kindOfFile } from '../../pictures/kind-of-file.ts';
import { wrong } from './columns.ts';
import { listFiles } from './folder.ts';
import type { ImportNotes } from './notes.ts';

type Shard = readonly [name: string, file: string];

/** By name. @throws CollimateError USAGE where there are none, or some of a series are missing. */
export function listShards(path: string, notes: ImportNotes): readonly Shard[] {
  if (!existsSync(path)) throw wrong(path, 'there is no such file or folder');
  const shards = lstatSync(path).isDirectory() ? findShards(path, notes) : [[basename(path), path] as const];
  if (shards.length === 0) throw wrong(path, 'no Parquet file in this folder');
  checkShards(shards);
  return shards;
}

function findShards(path: string, notes: ImportNotes): readonly Shard[] {
  const { files, links } = listFiles(path);
  const isShard = (name: string) => /\.parquet$/i.test(name) && kindOfFile(name) !== 'system';
  for (const name of files.keys()) if (!isShard(name)) notes.leaveOut('file that is no Parquet', name);
  for (const name of links) notes.leaveOut('link, which is not followed', name);
  return [...files].filter(([name]) => isShard(name)).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Of each name before the number, such as `train`, shards say how many they are; a missing one is a half data set. */
function checkShards(files: readonly (readonly [name: string, file: string])[]): void {
  const found = new Map<string, { count: number; expected: number; file: string }>();
  for (const [name, file] of files) {
    const [, series, expected] = /^(.*)-\d{5}-of-(\d{5})\.parquet$/i.exec(name) ?? [];
    if (series === undefined) continue;
    const own = found.get(`${series} ${expected}`) ?? { count: 0, expected: Number(expected), file };
    found.set(`${series} ${expected}`, { ...own, count: own.count + 1 });
  }
  for (const { count, expected, file } of found.values())
    if (count !== expected) throw wrong(file, `expected ${expected} shards, got ${count}`);
}
