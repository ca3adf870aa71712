// What a model's images are compared with: renders in the embedded world, a folder of pictures elsewhere.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { RgbImage } from '../../models/clip/resample.ts';
import { hashPixels } from '../../pictures/identity.ts';
import { decodeOutside, FORMAT_NAMES, type OutsidePicture, PICTURE_NAME } from '../../pictures/outside.ts';
import { countRemarks, describeRemarks } from '../../pictures/remarks.ts';
import type { Prompt } from '../../project/images/prompts.ts';
import { CollimateError } from '../../util/errors.ts';
import { sha256 } from '../../util/hash.ts';
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
 * The pictures of a folder and its folders, in order of their names. What macOS lays beside them is no picture.
 *
 * @throws CollimateError USAGE for fewer than two, or one that cannot be read.
 */
export async function readReference(folder: string, note: (text: string) => void): Promise<ReferencePictures> {
  const path = resolve(folder);
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  const names = isFolder
    ? readdirSync(path, { recursive: true, encoding: 'utf8' })
        .filter((name) => PICTURE_NAME.test(name) && !OF_MACOS.test(name))
        .sort()
    : [];
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
  return { kind: 'folder', path, pictures, hash: sha256(pictures.map(hashPixels).join()) };
}

const OF_MACOS = /(^|[\\/])(\._|__MACOSX[\\/])/;

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
