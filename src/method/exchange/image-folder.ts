// ImageFolder, as Hugging Face datasets reads it: pictures beside a `metadata.jsonl` with `file_name` and `text`. Reading takes
// any folder of pictures with captions (read-folder.ts).

import { join } from 'node:path';
import { kindOfFile } from '../../pictures/kind-of-file.ts';
import type { Project } from '../../project/project.ts';
import { writeFileAtomic } from '../../util/files.ts';
import { toColumns, toRatingColumns } from './columns.ts';
import { listFiles } from './folder.ts';
import type { Item } from './items.ts';
import { readFolderFiles } from './read-folder.ts';
import type { Source } from './source.ts';
import type { Incoming } from './store-items.ts';
import { unpackFiles } from './unzip.ts';
import { packFiles } from './zip.ts';

/**
 * Writes `train/<hash>.png` and `train/metadata.jsonl`, which comes last: a folder without it is not finished. An `out` that
 * ends in `.zip` becomes one file of the same.
 */
export async function writeImageFolder({ images }: Project, items: readonly Item[], out: string): Promise<void> {
  const read = await images.openReader(items.map(({ hash }) => hash));
  const files = listContents(read, items);
  if (isZip(out)) writeFileAtomic(out, packFiles(files));
  else for (const [name, bytes] of files) writeFileAtomic(join(out, name), bytes);
}

const isZip = (path: string) => /\.zip$/i.test(path);

function* listContents(read: (hash: string) => Uint8Array, items: readonly Item[]): Generator<[string, Uint8Array]> {
  for (const hash of new Set(items.map((item) => item.hash))) yield [`train/${hash}.png`, read(hash)];
  const lines = items.map((item) => {
    const ratings = item.ratings.map(toRatingColumns);
    const row = { file_name: `${item.hash}.png`, text: item.prompt, ...toColumns(item), ratings };
    return `${keepFloats(JSON.stringify(row))}\n`;
  });
  yield ['train/metadata.jsonl', Buffer.from(lines.join(''))];
}

/** `3.0` for 3 in columns of floats: readers that infer types would take another export's 7.5 for another type. */
const keepFloats = (json: string): string =>
  json.replace(/(?<!\\)"(guidance_scale|label)":(-?\d+)(?=[,}])/g, '"$1":$2.0');

/** Files of other kinds need no room. */
const isRead = (name: string) => ['picture', 'metadata', 'caption'].includes(kindOfFile(name));

/**
 * Reads a folder of pictures with captions, or a zip file of one.
 *
 * @throws CollimateError USAGE for what is no such folder; what is wrong with single rows and pictures is noted.
 */
export async function* readPictures({ path, scratch, notes, captions }: Source): AsyncGenerator<Incoming> {
  const found = isZip(path) ? await unpackFiles(path, scratch, isRead) : listFiles(path);
  yield* readFolderFiles(path, found, notes, captions);
}
