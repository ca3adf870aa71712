// What a model's images are compared with: renders in the embedded world, a folder of pictures elsewhere.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { RgbImage } from '../../models/clip/resample.ts';
import { hashPixels } from '../../pictures/identity.ts';
import { kindOfFile } from '../../pictures/kind-of-file.ts';
import { decodeOutside, FORMAT_NAMES, type OutsidePicture } from '../../pictures/outside.ts';
import { countRemarks, describeRemarks } from '../../pictures/remarks.ts';
import type { Prompt } from '../../project/images/prompts.ts';
import { CollimateError } from '../../util/errors.ts';
import { sha256 } from '../../util/hash.ts';
import { plural } from '../../util/text.ts';
import type { World } from '../../world/world.ts';
import { drawRenders } from '../evaluation/renders.ts';

export interface ReferencePictures {
  readonly kind: 'renders' | 'folder';
  readonly path?: string;
  readonly pictures: readonly RgbImage[];
  /** Identity of the pictures. */
  readonly hash: string;
}

/** Renders of the prompts: `perPrompt` of each. */
export function renderReference(
  world: World,
  prompts: readonly Prompt[],
  perPrompt: number,
  seed: number,
): ReferencePictures {
  const pictures = drawRenders(world, prompts, perPrompt, { seed, draw: 'reference' });
  return {
    kind: 'renders',
    pictures: pictures.map((rgb) => ({ rgb, ...world.size })),
    hash: sha256(`renders ${seed} ${perPrompt} ${prompts.map(({ id }) => id).join()}`),
  };
}

/**
 * The pictures of a folder and its folders, in order of their names; what lies there besides is counted.
 *
 * @throws CollimateError USAGE for fewer than two, or one that cannot be read.
 */
export async function readReference(folder: string, note: (text: string) => void): Promise<ReferencePictures> {
  const path = resolve(folder);
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  const files = isFolder
    ? readdirSync(path, { recursive: true, encoding: 'utf8' }).filter(
        (name) => statSync(join(path, name), { throwIfNoEntry: false })?.isFile() ?? false,
      )
    : [];
  const names = files.filter((name) => kindOfFile(name.replaceAll('\\', '/')) === 'picture').sort();
  if (names.length < 2)
    throw new CollimateError(
      'USAGE',
      `${path}: expected a folder with at least two pictures, got ${isFolder ? names.length : 'no folder'}`,
      `Name a folder of ${FORMAT_NAMES} files with --reference.`,
    );
  const pictures: OutsidePicture[] = [];
  for (const name of names) pictures.push(await readPicture(join(path, name)));
  const remarks = describeRemarks(countRemarks(pictures.map((picture) => picture.remarks)));
  if (remarks) note(`reference: ${remarks}`);
  const others = files.length - names.length;
  if (others > 0) note(`reference: ${plural(others, 'file')} passed over: no ${FORMAT_NAMES}, or hidden`);
  return { kind: 'folder', path, pictures, hash: sha256(pictures.map(hashPixels).join()) };
}

async function readPicture(path: string): Promise<OutsidePicture> {
  try {
    return await decodeOutside(readFileSync(path));
  } catch (error) {
    if (!(error instanceof CollimateError)) throw error;
    throw new CollimateError(error.code, `${path}: ${error.message}`, `Take it out of the folder. ${error.hint}`, {
      cause: error,
    });
  }
}
