// Models among the objects, so that a machine without the project's folder has them: each file once, by its content, and a list
// of them under the model's hash.

import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { CollimateError } from '../../util/errors.ts';
import { sha256File } from '../../util/hash.ts';
import type { Objects } from './objects.ts';

/** A file or folder of a model. */
export interface ModelPart {
  /** What it is called, as a path: people know a model by the end of it. */
  readonly name: string;
  /** Whether the name is that of one file. */
  readonly isFile: boolean;
  /** Paths below it (for one file the empty text), with SHA-256. */
  readonly files: readonly { readonly path: string; readonly sha256: string; readonly bytes: number }[];
}

interface ModelList {
  readonly version: 1;
  readonly parts: Readonly<Record<string, ModelPart>>;
}

const listName = (hash: string) => `models/${hash}.json`;
const fileName = (sha256: string) => `files/${sha256.slice(0, 2)}/${sha256}`;

/** Stores what is not there yet of a model; each part comes with the place of its files on this machine. */
export async function putModelFiles(
  objects: Objects,
  hash: string,
  parts: Readonly<Record<string, ModelPart & { readonly place: string }>>,
): Promise<void> {
  if (await objects.has(listName(hash))) return;
  for (const { place, files } of Object.values(parts))
    for (const { path, sha256 } of files)
      if (!(await objects.has(fileName(sha256)))) await objects.put(fileName(sha256), join(place, path));
  const list: ModelList = {
    version: 1,
    parts: Object.fromEntries(
      Object.entries(parts).map(([role, { name, isFile, files }]) => [role, { name, isFile, files }]),
    ),
  };
  await objects.put(listName(hash), Buffer.from(`${JSON.stringify(list)}\n`));
}

/**
 * The parts of a model by their places below `dir`, fetched where they are not there yet.
 *
 * @throws CollimateError MISMATCH where a file that came is another than was published, or the model is not there.
 */
export async function fetchModel(objects: Objects, hash: string, dir: string): Promise<Record<string, string>> {
  const { parts } = await readList(objects, hash);
  const places: Record<string, string> = {};
  for (const [role, { name, isFile, files }] of Object.entries(parts)) {
    const place = join(dir, hash, role, name);
    places[role] = place;
    // The last file says that all came: a folder takes its name when it is whole.
    if (existsSync(place)) continue;
    const arriving = `${place}.${process.pid}.tmp`;
    rmSync(arriving, { recursive: true, force: true });
    for (const { path, sha256 } of files) await fetchFile(objects, sha256, isFile ? arriving : join(arriving, path));
    try {
      renameSync(arriving, place);
    } catch (error) {
      // Another worker of this machine was faster.
      if (!existsSync(place)) throw error;
      rmSync(arriving, { recursive: true, force: true });
    }
  }
  return places;
}

/** How many bytes the files of the model have whose hash starts so; 0 where none is there. */
export async function countModelBytes(objects: Objects, start: string): Promise<number> {
  for await (const { name } of objects.list(`models/${start}`)) {
    const { parts } = await readList(objects, name.slice('models/'.length, -'.json'.length));
    return Object.values(parts)
      .flatMap(({ files }) => files)
      .reduce((sum, { bytes }) => sum + bytes, 0);
  }
  return 0;
}

async function readList(objects: Objects, hash: string): Promise<ModelList> {
  const bytes = await objects.get(listName(hash));
  if (bytes) return JSON.parse(bytes.toString('utf8')) as ModelList;
  throw new CollimateError(
    'MISMATCH',
    `${objects.place}: the model ${hash.slice(0, 12)} is not there`,
    'Run the stage again that needs it: it puts its models there before it asks workers for anything.',
  );
}

async function fetchFile(objects: Objects, sha256: string, path: string): Promise<void> {
  const came = await objects.fetch(fileName(sha256), path);
  const found = came ? sha256File(path) : undefined;
  if (found === sha256) return;
  rmSync(path, { force: true });
  throw new CollimateError(
    'MISMATCH',
    `${objects.place}/${fileName(sha256)}: ${found ? `expected this hash, got ${found.slice(0, 12)}` : 'is not there'}`,
    'Remove it, and the list of the model that names it, and run the stage again, which stores it anew.',
  );
}
