// Latents of images as work for other machines: an item is one file of the cache, which comes by way of the objects.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { DiffusionModel } from '../../models/families/model.ts';
import type { FitMode } from '../../pictures/fit.ts';
import { checkForm, type Schema } from '../../util/artefact.ts';
import { publishDrawn } from '../model-parts.ts';
import type { Session } from '../session.ts';
import { cutIntoFiles } from './cache.ts';

export interface EncodeWork {
  /** The file of the cache that it makes. */
  readonly file: string;
  /** `hashModel` of the pipeline whose autoencoder it is. */
  readonly model: string;
  readonly fit: FitMode;
  /** Hashes of the pictures, in the order of their latents. */
  readonly images: readonly string[];
}

/** The images of a run, and how the cache knows them. */
export interface EncodeOrder {
  readonly images: readonly { readonly hash: string }[];
  readonly keys: readonly string[];
  /** Numbers in the latents of one. */
  readonly width: number;
  /** Of the autoencoder. */
  readonly identity: string;
  /** The folder of the cache. */
  readonly dir: string;
}

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const encodeWork = z.object({
  file: z.string().regex(/^[0-9a-f]{32}\.safetensors$/),
  model: hash,
  fit: z.enum(['crop', 'stretch', 'pad']),
  images: z.array(hash).min(1).max(4096),
});

/** An item's data. @throws CollimateError STORAGE where it is of another form. */
export function readEncodeWork(data: unknown, key: string): EncodeWork {
  return checkForm(
    data,
    encodeWork as unknown as Schema<EncodeWork>,
    `work ${key}`,
    'Run the stage again that asked for it.',
  );
}

/** The object with a file of the cache. */
export function latentsName(file: string): string {
  return `latents/${file}`;
}

/** Has the session's workers encode images; undefined where there are none. */
export async function openEncodeCrew(
  { crew, project, progress, signal }: Session,
  { pipeline, model, fit }: { readonly pipeline: DiffusionModel; readonly model: string; readonly fit: FitMode },
): Promise<((order: EncodeOrder) => Promise<void>) | undefined> {
  const { objects } = project;
  if (!crew || !objects || !(await crew.isThere('encode'))) return undefined;
  return async ({ images, keys, width, identity, dir }) => {
    const chunks = cutIntoFiles(keys, width, identity).filter(({ file }) => !existsSync(join(dir, file)));
    if (chunks.length === 0) return;
    await publishDrawn(objects, { dir: pipeline.folder, hash: model });
    const items = chunks.map(({ start, end, file }) => {
      const data: EncodeWork = { file, model, fit, images: images.slice(start, end).map((image) => image.hash) };
      return { key: file, data };
    });
    progress.stage('encode images', items.length);
    await crew.make(
      {
        topic: { kind: 'encode', files: model },
        items,
        async findMissing(files) {
          const missing: string[] = [];
          for (const file of files) if (!(await objects.has(latentsName(file)))) missing.push(file);
          return missing;
        },
        onProgress: (done, workers) => progress.tick(done, { workers }),
      },
      { progress, signal },
    );
    for (const { file } of chunks) await objects.fetch(latentsName(file), join(dir, file));
    progress.done();
  };
}
