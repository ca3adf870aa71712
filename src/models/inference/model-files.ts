// A model as its files: what another machine needs to have the same one.

import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { listModelFiles } from '../../engine/weights/hash.ts';
import { hashFileOnce } from '../../util/file-hashes.ts';
import { DENOISER_FOLDERS } from '../families/families.ts';
import { modelName } from './embedded.ts';

/** Files of a model by the path below `place`; one file has the empty path. */
export interface ModelFiles {
  readonly place: string;
  /** As the end of a path, by which a model is called the same wherever it lies. */
  readonly name: string;
  readonly isFile: boolean;
  readonly files: readonly { readonly path: string; readonly sha256: string; readonly bytes: number }[];
}

/** The files that decide what a model does, with their hashes, in the folder of a pipeline or CLIP, or one file. */
export function describeModelFiles(place: string): ModelFiles {
  const paths = listModelFiles(place);
  const files = paths.map((path) => {
    const file = path === '' ? place : `${place}/${path}`;
    return { path, sha256: hashFileOnce(file), bytes: statSync(file).size };
  });
  const isFile = paths.length === 1 && paths[0] === '';
  return { place, name: isFile ? basename(place) : modelName(place), isFile, files };
}

/** The files of a denoiser, which is called by its checkpoint. */
export function describeUnetFiles(place: string): ModelFiles {
  const described = describeModelFiles(place);
  const last = place.split(/[\\/]/).filter((part) => part !== '');
  return { ...described, name: DENOISER_FOLDERS.has(basename(place)) ? last.slice(-2).join('/') : basename(place) };
}
