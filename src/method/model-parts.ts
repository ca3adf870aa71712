// The models of a stage among the project's objects, where workers find them.

import { describeModelFiles, describeUnetFiles } from '../models/inference/model-files.ts';
import { putModelFiles } from '../project/objects/models.ts';
import type { Objects } from '../project/objects/objects.ts';

/** Stores a pipeline, with other weights for its U-Net where it has any, under the hash of both. */
export function publishDrawn(
  objects: Objects,
  { dir, unet, hash }: { readonly dir: string; readonly unet?: string | undefined; readonly hash: string },
): Promise<void> {
  return putModelFiles(objects, hash, {
    pipeline: describeModelFiles(dir),
    ...(unet !== undefined && { unet: describeUnetFiles(unet) }),
  });
}

/** Stores a CLIP under the hash of its files, which is returned. */
export async function publishClip(objects: Objects, dir: string, hash: string): Promise<void> {
  await putModelFiles(objects, hash, { clip: describeModelFiles(dir) });
}
