// From images and pairs to numbers: latents by the frozen autoencoder and hidden states by the frozen text encoder, each
// computed once and cached.

import { join } from 'node:path';
import { type Shape, sizeOf } from '../../engine/graph/types.ts';
import type { Conditions, DiffusionModel } from '../../models/families/model.ts';
import { openConditioner } from '../../models/inference/conditioner.ts';
import type { EngineOptions } from '../../models/inference/device.ts';
import { latentSizes, openLatentEncoder } from '../../models/inference/latents.ts';
import { hashComponent } from '../../models/pipeline.ts';
import { cropCorner, type FitMode, fitPicture, isOfSize, type PictureSides } from '../../pictures/fit.ts';
import { decodePng } from '../../pictures/image.ts';
import { readPngSize } from '../../pictures/png-size.ts';
import { describeRemarks } from '../../pictures/remarks.ts';
import type { BlobStore } from '../../project/images/blobs.ts';
import { hashJson } from '../../util/hash.ts';
import type { Progress } from '../../util/progress.ts';
import type { Examples, TuneData } from './batches.ts';
import { cachedVectors } from './cache.ts';
import type { EncodeOrder } from './encode-work.ts';
import type { ModelImage } from './images.ts';
import type { PairSource } from './pairs.ts';
import { readPrompts } from './text-encoders.ts';

export interface DatasetOptions {
  readonly engine: EngineOptions;
  readonly pipeline: DiffusionModel;
  /** Whether only the prompts of images are looked at, as where tuning draws pictures of its own. */
  readonly promptsOnly?: boolean;
  /** Where the pixels of images are. */
  readonly blobs: BlobStore;
  /** How images of another size become the model's. */
  readonly fit: FitMode;
  /** Whether text encoders learn: prompts are then tokens, and nothing is kept that an encoder says of them. */
  readonly encodersLearn?: boolean;
  readonly cacheDir: string;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** Has others encode images, into files of the cache; what they leave is encoded here. */
  readonly encodeElsewhere?: ((order: EncodeOrder) => Promise<void>) | undefined;
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
  const { pipeline } = options;
  const { channels, height, width } = latentSizes(pipeline);
  const prompts = ['', ...new Set([...images.map(({ prompt }) => prompt), ...pairs.captions])];
  const rowOf = new Map(prompts.map((prompt, row) => [prompt, row]));
  const { texts, shapes } = options.encodersLearn
    ? await readTexts(prompts, options)
    : await encodeTexts(prompts, options);
  const pictured = options.promptsOnly ? [] : images;
  const latents = await encodePictures(pictured, pairs, options);
  const imageSizes = pipeline.sizing ? await readSizes(pictured, options.blobs) : [];
  const end = pictured.length * channels * height * width;
  const rows = (list: readonly string[]) => Int32Array.from(list, (prompt) => rowOf.get(prompt)!);
  const ofImages: Examples = {
    latents: latents.subarray(0, end),
    texts: rows(images.map(({ prompt }) => prompt)),
    weights: Float32Array.from(images, ({ weight }) => weight),
    ...tellSizes(pipeline, imageSizes, options.fit),
  };
  const ofPairs: Examples = {
    latents: latents.subarray(end),
    texts: rows(pairs.captions),
    weights: new Float32Array(pairs.captions.length).fill(1),
    ...tellSizes(
      pipeline,
      pairs.captions.map((_, i) => pairs.sizes?.[i]),
      options.fit,
    ),
  };
  // Guidance, which alone asks for zeros, is drawing's; where encoders learn, no method draws.
  const noneIsZero = pipeline.prompts.noneIsZero && !options.encodersLearn;
  return {
    images: ofImages,
    pairs: ofPairs,
    prompts,
    texts: noneIsZero ? withZeroRow(texts, shapes) : texts,
    ...(noneIsZero && { none: prompts.length }),
    latentShape: [channels, height, width],
    conditionShapes: { ...shapes, ...(pipeline.sizing && { [pipeline.sizing.name]: [pipeline.sizing.width] }) },
  };
}

/** The size of each picture as it is. */
async function readSizes(images: readonly ModelImage[], blobs: BlobStore): Promise<(PictureSides | undefined)[]> {
  const sizes: (PictureSides | undefined)[] = [];
  for (const { hash } of images) sizes.push(readPngSize(await blobs.fetchBlob(hash)));
  return sizes;
}

/** What the network is told of pictures' sizes, where it asks: how large they were, and which part of them it learns from. */
export function tellSizes(
  { sizing, latent: { own } }: DiffusionModel,
  sizes: readonly (PictureSides | undefined)[],
  fit: FitMode,
): Pick<Examples, 'sizes'> {
  if (!sizing) return {};
  const rows = sizes.flatMap((size = own) => sizing.of(size, cropCorner(size, own, fit), own));
  return { sizes: { [sizing.name]: Float32Array.from(rows) } };
}

/** Conditions with a row of zeros after the last. */
function withZeroRow(texts: Conditions, shapes: Readonly<Record<string, Shape>>): Conditions {
  return Object.fromEntries(
    Object.entries(texts).map(([name, rows]) => {
      const longer = new Float32Array(rows.length + sizeOf(shapes[name]!));
      longer.set(rows);
      return [name, longer];
    }),
  );
}

async function readTexts(prompts: readonly string[], { pipeline, engine, progress }: DatasetOptions) {
  progress.note(
    'text encoders learn too: prompts are encoded at each step, by weights that change, and no embeddings are kept',
  );
  return readPrompts(pipeline, prompts, engine);
}

/** What the text encoders say of each prompt, by condition, computed once: a vector holds all conditions of one prompt. */
async function encodeTexts(prompts: readonly string[], options: DatasetOptions) {
  const { pipeline, cacheDir, progress, signal } = options;
  const conditioner = await openConditioner(pipeline, options.engine);
  try {
    const { shapes } = conditioner;
    const sizes = Object.entries(shapes).map(([name, shape]) => [name, sizeOf(shape)] as const);
    const width = sizes.reduce((sum, [, size]) => sum + size, 0);
    progress.stage('encode prompts', prompts.length);
    const parts = pipeline.prompts.encoders.flatMap(({ component, tokenizer }) => [component, tokenizer]);
    const identity = (await Promise.all(parts.map((part) => hashComponent(pipeline, part)))).join();
    const vectors = await cachedVectors(
      prompts,
      width,
      async (start, end) => joinConditions(await conditioner.encode(prompts.slice(start, end)), sizes, end - start),
      { dir: join(cacheDir, 'texts'), encoder: identity, signal, onProgress: (done) => progress.tick(done) },
    );
    progress.done();
    return { texts: splitConditions(vectors, sizes, prompts.length), shapes };
  } finally {
    await conditioner.dispose();
  }
}

type Widths = readonly (readonly [name: string, size: number])[];

/** Rows that hold all conditions one after another. */
function joinConditions(conditions: Conditions, widths: Widths, rows: number): Float32Array {
  if (widths.length === 1) return conditions[widths[0]![0]]!;
  const width = widths.reduce((sum, [, size]) => sum + size, 0);
  const joined = new Float32Array(rows * width);
  let at = 0;
  for (const [name, size] of widths) {
    for (let row = 0; row < rows; row++)
      joined.set(conditions[name]!.subarray(row * size, (row + 1) * size), row * width + at);
    at += size;
  }
  return joined;
}

/** The way back. */
function splitConditions(vectors: Float32Array, widths: Widths, rows: number): Conditions {
  if (widths.length === 1) return { [widths[0]![0]]: vectors };
  const width = widths.reduce((sum, [, size]) => sum + size, 0);
  let at = 0;
  return Object.fromEntries(
    widths.map(([name, size]) => {
      const part = new Float32Array(rows * size);
      for (let row = 0; row < rows; row++)
        part.set(vectors.subarray(row * width + at, row * width + at + size), row * size);
      at += size;
      return [name, part];
    }),
  );
}

/** Latents of the images, then of the pairs. */
async function encodePictures(
  images: readonly ModelImage[],
  pairs: PairSource,
  options: DatasetOptions,
): Promise<Float32Array> {
  const { pipeline, blobs, cacheDir, progress, signal } = options;
  const encoder = await openLatentEncoder(pipeline, options.engine);
  const identity = await hashComponent(pipeline, 'vae');
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
    const { length: width } = encoder;
    await options.encodeElsewhere?.({ images, keys: imageKeys, width, identity, dir: join(cacheDir, 'latents') });
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
