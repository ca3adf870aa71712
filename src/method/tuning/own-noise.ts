// The noise that pictures really had: their recipes are drawn once more, and what the network was shown at some calls is kept. So the
// direction that is learned at a moment is the one by which that picture came about.

import { join } from 'node:path';
import type { SamplerName } from '../../models/diffusion/samplers.ts';
import { latentSizes } from '../../models/inference/latents.ts';
import { type DrawPrecision, openPainter } from '../../models/inference/painter.ts';
import { decodePng } from '../../pictures/image.ts';
import type { ImageTable } from '../../project/database/schema.ts';
import { listImages } from '../../project/images/images.ts';
import { WAYS } from '../../project/images/pools.ts';
import { CollimateError } from '../../util/errors.ts';
import { hashJson } from '../../util/hash.ts';
import type { Session } from '../session.ts';
import type { OwnNoise, TuneData } from './batches.ts';
import { cachedVectors } from './cache.ts';
import type { DatasetOptions } from './dataset.ts';
import type { Prepared } from './prepare.ts';

type Source = Pick<Prepared, 'pipeline' | 'images' | 'baseHash' | 'generate'>;

/**
 * The data with each image's finished latents, and its noise at `most` moments of its drawing or at all of them.
 *
 * @throws CollimateError CONFIG where pictures were drawn in several ways, at another size, or by a sampler between whole timesteps;
 * STORAGE where a recipe gives another picture than the stored one.
 */
export async function addOwnNoise(
  { project, progress }: Session,
  source: Source,
  data: TuneData,
  most: number,
  { engine, cacheDir, signal }: Pick<DatasetOptions, 'engine' | 'cacheDir' | 'signal'>,
): Promise<TuneData> {
  const { pipeline, images, baseHash, generate } = source;
  const stored = await listImages(project.db, { purpose: 'feedback', modelHash: baseHash });
  const recipes = new Map(stored.map((image) => [image.id, image]));
  const drawn = images.map(({ id }) => recipes.get(id)!);
  const way = checkWay(drawn);
  const { length } = latentSizes(pipeline);
  const process = pipeline.process();
  const { timesteps: calls } = process.sampler(way.sampler, way.steps);
  const kept = Math.min(most, calls.length);
  const moments = Array.from({ length: kept }, (_, m) => Math.floor(((m + 0.5) * calls.length) / kept));
  const times = Float32Array.from(moments, (call) => calls[call]!);
  const levels = levelsAt(process, times, way.sampler);
  progress.stage('replay images', images.length);
  const painter = await openPainter(pipeline, { ...engine, batchSize: generate.batchSize, modelHash: baseHash });
  const width = (kept + 1) * length;
  try {
    const vectors = await cachedVectors(
      drawn.map(({ id }) => id),
      width,
      (start, end) => replay(start, end),
      {
        dir: join(cacheDir, 'noise'),
        encoder: hashJson([baseHash, 'noise', moments]),
        signal,
        onProgress: (done) => progress.tick(done),
      },
    );
    progress.done();
    const finished = new Float32Array(images.length * length);
    for (let i = 0; i < images.length; i++) finished.set(vectors.subarray(i * width, i * width + length), i * length);
    return { ...data, images: { ...data.images, latents: finished, ownNoise: toNoise(vectors) } };
  } finally {
    await painter.dispose();
  }

  /** Finished latents, then what was shown at each moment, picture by picture. */
  async function replay(start: number, end: number): Promise<Float32Array> {
    const some = new Float32Array((end - start) * width);
    const requests = images
      .slice(start, end)
      .map(({ prompt, seed }) => ({ prompt, seed, negativePrompt: way.negativePrompt }));
    let first = 0;
    let call = 0;
    const onLatents = (latents: Float32Array, time: number | undefined) => {
      const place = time === undefined ? 0 : moments.indexOf(call++) + 1;
      const rows = latents.length / length;
      if (time === undefined || place > 0)
        for (let row = 0; row < rows; row++)
          some.set(latents.subarray(row * length, (row + 1) * length), (first + row) * width + place * length);
      if (time === undefined) [first, call] = [first + rows, 0];
    };
    for await (const pictures of painter.draw(requests, way, { signal, onLatents }))
      for (const { index, rgb } of pictures) await checkSame(project, drawn[start + index]!, rgb);
    return some;
  }

  /** `ε = (x_t − a·x₀)/b` of what was shown. */
  function toNoise(vectors: Float32Array): OwnNoise {
    const noise = new Float32Array(images.length * kept * length);
    for (let i = 0; i < images.length; i++)
      for (let m = 0; m < kept; m++)
        for (let k = 0; k < length; k++) {
          const [clean, shown] = [vectors[i * width + k]!, vectors[i * width + (m + 1) * length + k]!];
          noise[(i * kept + m) * length + k] = (shown - levels[m]!.clean * clean) / levels[m]!.noise;
        }
    return { times, noise };
  }
}

/** How much of a clean sample and of noise there is at each time. */
function levelsAt(process: ReturnType<Source['pipeline']['process']>, times: Float32Array, sampler: string) {
  const of = (clean: number, noise: number) => {
    const fill = (value: number) => new Float32Array(times.length).fill(value);
    return process.mix(fill(clean), fill(noise), times);
  };
  try {
    const [clean, noise] = [of(1, 0), of(0, 1)];
    return Array.from(times, (_, m) => ({ clean: clean[m]!, noise: noise[m]! }));
  } catch (error) {
    if (!(error instanceof CollimateError) || error.code !== 'SHAPE') throw error;
    throw new CollimateError(
      'CONFIG',
      `tune: the noise of pictures by ${sampler} lies between the whole timesteps that this model learns at`,
      'Draw pictures for feedback by ddim or dpm-solver (--sampler), or learn with fresh noise.',
      { cause: error },
    );
  }
}

/** @throws CollimateError CONFIG where pictures were not all drawn in one way, at the model's own size. */
function checkWay(drawn: readonly ImageTable[]) {
  const wayOf = (image: ImageTable) => JSON.stringify(WAYS.map((name) => image[name]));
  const ways = new Set(drawn.map(wayOf));
  const { sampler, steps, guidanceScale, negativePrompt, width, precision } = drawn[0]!;
  if (ways.size === 1 && width === null)
    return {
      sampler: sampler as SamplerName,
      ...{ steps, guidanceScale, negativePrompt, precision: precision as DrawPrecision },
    };
  throw new CollimateError(
    'CONFIG',
    `tune: pictures' own noise needs pictures drawn in one way at the model's own size, got ${ways.size > 1 ? `${ways.size} ways` : `${drawn[0]!.width}×${drawn[0]!.height}`}`,
    'Learn with fresh noise, or from pictures of one pool.',
  );
}

/** Bytes of difference in the mean above which it is another picture: another machine's rounding makes less than one. */
const MOST_AWAY = 4;

/** @throws CollimateError STORAGE where a picture that was drawn again is not the stored one. */
async function checkSame(project: Session['project'], { id, hash }: ImageTable, again: Uint8Array): Promise<void> {
  const { rgb } = await decodePng(await project.images.getBlob(hash));
  const away = again.reduce((sum, value, i) => sum + Math.abs(value - rgb[i]!), 0) / again.length;
  if (rgb.length === again.length && away <= MOST_AWAY) return;
  throw new CollimateError(
    'STORAGE',
    `tune: the recipe of image ${id.slice(0, 12)} now gives another picture than the one that is stored`,
    'It was drawn on another kind of device, or its file was replaced: learn with fresh noise.',
  );
}
