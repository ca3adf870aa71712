// What a model's images are compared with: renders in the embedded world, a folder of pictures elsewhere.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { RgbImage } from '../../models/clip/preprocess.ts';
import { decodePng } from '../../pictures/image.ts';
import type { Prompt } from '../../project/images/prompts.ts';
import { CollimateError } from '../../util/errors.ts';
import { sha256 } from '../../util/hash.ts';
import type { World } from '../../world/world.ts';
import { drawRenders } from '../evaluation/renders.ts';

export interface Reference {
  readonly kind: 'renders' | 'folder';
  readonly path?: string;
  readonly pictures: readonly RgbImage[];
  /** Identity of the pictures. */
  readonly hash: string;
}

/** Renders of the prompts: `perPrompt` of each. */
export function renderReference(world: World, prompts: readonly Prompt[], perPrompt: number, seed: number): Reference {
  const pictures = drawRenders(world, prompts, perPrompt, { seed, draw: 'reference' });
  return {
    kind: 'renders',
    pictures: pictures.map((rgb) => ({ rgb, ...world.size })),
    hash: sha256(`renders ${seed} ${perPrompt} ${prompts.map(({ id }) => id).join()}`),
  };
}

const PICTURES = /\.(png|jpe?g|webp)$/i;

/** The pictures of a folder and its folders, in order of their names. @throws CollimateError USAGE for fewer than two. */
export async function readReference(folder: string): Promise<Reference> {
  const path = resolve(folder);
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  const names = isFolder
    ? readdirSync(path, { recursive: true, encoding: 'utf8' })
        .filter((name) => PICTURES.test(name))
        .sort()
    : [];
  if (names.length < 2)
    throw new CollimateError(
      'USAGE',
      `${path}: expected a folder with at least two pictures, got ${isFolder ? names.length : 'no folder'}`,
      'Name a folder of PNG, JPEG or WebP files with --reference.',
    );
  const pictures: RgbImage[] = [];
  const hashes: string[] = [];
  for (const name of names) {
    const bytes = readFileSync(join(path, name));
    hashes.push(sha256(bytes));
    pictures.push(await decodePng(bytes));
  }
  return { kind: 'folder', path, pictures, hash: sha256(hashes.join()) };
}
