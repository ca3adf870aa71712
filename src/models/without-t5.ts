// A model of Stable Diffusion 3 without its T5, as a folder of links: nothing is copied, and it has a hash of its own.

import {
  existsSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { CollimateError } from '../util/errors.ts';
import { writeFileAtomic } from '../util/files.ts';
import { sha256 } from '../util/hash.ts';
import { openPipeline } from './pipeline.ts';

const INDEX = 'model_index.json';

/**
 * The folder of the model at `path` without its T5, below `cache`; `path` itself where it has none.
 *
 * @throws CollimateError CONFIG for a file in the original layout, of which no part can be linked; MODEL_CONFIG as `openPipeline`.
 */
export function linkWithoutT5(path: string, cache: string, name: string): string {
  const model = openPipeline(path, { textEncoders: 'clip' });
  if (model.leftOut.length === 0) return path;
  if (model.layout === 'original')
    throw new CollimateError(
      'CONFIG',
      `textEncoders: clip leaves T5 out of a folder, and ${path} is one file`,
      `Write a folder of it: collimate convert ${path} --text-encoders clip --out sd3-clip, and name that as model.`,
    );
  const folder = join(cache, sha256(path).slice(0, 8), `${name}-without-t5`);
  const files = listFiles(path).filter((file) => file !== INDEX && !model.leftOut.includes(file.split('/')[0]!));
  if (isLinked(folder, path, files)) return folder;
  const fresh = `${folder}.tmp`;
  for (const old of [fresh, folder]) rmSync(old, { recursive: true, force: true });
  for (const file of files) {
    mkdirSync(dirname(join(fresh, file)), { recursive: true });
    symlinkSync(realpathSync(join(path, file)), join(fresh, file));
  }
  const index = { ...model.index, ...Object.fromEntries(model.leftOut.map((part) => [part, [null, null]])) };
  writeFileAtomic(join(fresh, INDEX), `${JSON.stringify(index, null, 2)}\n`);
  renameSync(fresh, folder);
  return folder;
}

function listFiles(root: string, folder = root): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !name.startsWith('.'))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? listFiles(root, path) : [relative(root, path)];
    });
}

/** Whether the folder is there, and its links lead to where the files are now. */
function isLinked(folder: string, path: string, files: readonly string[]): boolean {
  if (!existsSync(join(folder, INDEX)) || listFiles(folder).length !== files.length + 1) return false;
  return files.every((file) => {
    try {
      return readlinkSync(join(folder, file)) === realpathSync(join(path, file));
    } catch {
      return false;
    }
  });
}
