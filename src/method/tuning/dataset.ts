// From images and pairs to numbers: latents by the frozen autoencoder and hidden states by the frozen text encoder, each
// computed once and cached.

import { join } from 'node:path';
import type { EngineOptions } from '../../models/inference/device.ts';
import { latentSizes, openLatentEncoder } from '../../models/inference/latents.ts';
import { openTextEncoder } from '../../models/inference/text.ts';
import { hashComponent, type Pipeline } from '../../models/pipeline.ts';
import { type FitMode, fitPicture, isOfSize } from '../../pictures/fit.ts';
import { decodePng } from '../../pictures/image.ts';
import { readPngSize } from '../../pictures/png-size.ts';
import { describeRemarks } from '../../pictures/remarks.ts';
import type { BlobStore } from '../../project/images/blobs.ts';
import { hashJson } from '../../util/hash.ts';
import type { Progress } from '../../util/progress.ts';
import type { Examples, TuneData } from './batches.ts';
import { cachedVectors } from './cache.ts';
import type { ModelImage } from './images.ts';
import type { PairSource } from './pairs.ts';

export interface DatasetOptions {
  readonly engine: EngineOptions;
  readonly pipeline: Pipeline;
  /** Whether only the prompts of images are looked at, as where tuning draws pictures of its own. */
  readonly promptsOnly?: boolean;
  /** Where the pixels of images are. */
  readonly blobs: BlobStore;
  /** How images of another size become the model's. */
  readonly fit: FitMode;
  readonly cacheDir: string;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/**
 * Encodes everything that tuning looks at.
 *
 * @throws CollimateError NON_FINITE where an encoder gives no numbers.
 */
export async function loadTuneData(
  images: readonly ModelImage[],
  pairs: PairSource,
  options: DatasetOptions,
): Promise<TuneData> {
  const { channels, height, width } = latentSizes(options.pipeline);
  const prompts = ['', ...new Set([...images.map(({ prompt }) => prompt), ...pairs.captions])];
  const rowOf = new Map(prompts.map((prompt, row) => [prompt, row]));
  const text = await encodeTexts(prompts, options);
  const pictured = options.promptsOnly ? [] : images;
  const latents = await encodePictures(pictured, pairs, options);
  const end = pictured.length * channels * height * width;
  const rows = (list: readonly string[]) => Int32Array.from(list, (prompt) => rowOf.get(prompt)!);
  const ofImages: Examples = {
    latents: latents.subarray(0, end),
    texts: rows(images.map(({ prompt }) => prompt)),
    weights: Float32Array.from(images, ({ weight }) => weight),
  };
  const ofPairs: Examples = {
    latents: latents.subarray(end),
    texts: rows(pairs.captions),
    weights: new Float32Array(pairs.captions.length).fill(1),
  };
  return {
    images: ofImages,
    pairs: ofPairs,
    texts: text.hidden,
    latentShape: [channels, height, width],
    contextShape: [text.length, text.width],
  };
}

async function encodeTexts(prompts: readonly string[], options: DatasetOptions) {
  const { pipeline, cacheDir, progress, signal } = options;
  const encoder = await openTextEncoder(pipeline, options.engine);
  try {
    const { length, width } = encoder;
    progress.stage('encode prompts', prompts.length);
    const identity = ['text_encoder', 'tokenizer'].map((part) => hashComponent(pipeline, part)).join();
    const hidden = await cachedVectors(
      prompts,
      length * width,
      async (start, end) => (await encoder.encode(prompts.slice(start, end))).hidden,
      { dir: join(cacheDir, 'texts'), encoder: identity, signal, onProgress: (done) => progress.tick(done) },
    );
    progress.done();
    return { hidden, length, width };
  } finally {
    await encoder.dispose();
  }
}

/** Latents of the images, then of the pairs. */
async function encodePictures(
  images: readonly ModelImage[],
  pairs: PairSource,
  options: DatasetOptions,
): Promise<Float32Array> {
  const { pipeline, blobs, cacheDir, progress, signal } = options;
  const encoder = await openLatentEncoder(pipeline, options.engine);
  const identity = hashComponent(pipeline, 'vae');
  const encodeList = async (
    name: string,
    keys: readonly string[],
    picture: (index: number) => Promise<Uint8Array>,
  ): Promise<Float32Array> => {
    if (keys.length === 0) return new Float32Array(0);
    progress.stage(name, keys.length);
    const vectors = await cachedVectors(
      keys,
      encoder.length,
      async (start, end) => {
        const indexes = Array.from({ length: end - start }, (_, i) => start + i);
        return encoder.encode(await Promise.all(indexes.map(picture)));
      },
      { dir: join(cacheDir, 'latents'), encoder: identity, signal, onProgress: (done) => progress.tick(done) },
    );
    progress.done();
    return vectors;
  };
  try {
    const { picture } = encoder;
    const read = async (index: number) =>
      fitPicture(await decodePng(await blobs.getBlob(images[index]!.hash)), picture, options.fit);
    const imageKeys: string[] = [];
    for (const { hash } of images) {
      const size = readPngSize(await blobs.fetchBlob(hash));
      imageKeys.push(!size || isOfSize(size, picture) ? hash : hashJson([hash, picture, options.fit]));
    }
    const ofImages = await encodeList('encode images', imageKeys, read);
    const ofPairs = await encodeList('encode pairs', pairs.keys, pairs.picture);
    const remarks = describeRemarks(pairs.remarks());
    if (remarks) progress.note(`pre-training pictures: ${remarks}`);
    for (const left of pairs.leftOut) progress.note(`pre-training pictures: left out ${left}`);
    const all = new Float32Array(ofImages.length + ofPairs.length);
    all.set(ofImages);
    all.set(ofPairs, ofImages.length);
    return all;
  } finally {
    await encoder.dispose();
  }
}
