// What each step sees: rows, noise and timesteps as pure functions of the seed and the step, so that a resumed run goes on
// with the same data and no generator's state is kept.

import { type Shape, sizeOf } from '../../engine/graph/types.ts';
import type { Feeds } from '../../engine/training/trainer.ts';
import type { NoiseProcess } from '../../models/diffusion/process.ts';
import type { Conditions } from '../../models/families/model.ts';
import { CollimateError } from '../../util/errors.ts';
import { type Random, random } from '../../util/random.ts';
import type { Mixture, TuneSettings } from './mixture.ts';
import type { Preference } from './preferences.ts';

/** Samples of one kind, ready for the network. */
export interface Examples {
  /** Scaled latents [n, C·h·w]. */
  readonly latents: Float32Array;
  /** The row of each sample's prompt among the texts, [n]. */
  readonly texts: Int32Array;
  /** The weight of each sample's loss, [n]. */
  readonly weights: Float32Array;
  /** Noise that each sample really had, in place of fresh draws. */
  readonly ownNoise?: OwnNoise | undefined;
  /** What the network is told of each sample's size, [n, …] by name; nothing where it does not ask. */
  readonly sizes?: Conditions;
}

/** Noise of samples at some moments of their drawing. */
export interface OwnNoise {
  /** Of the moments, [M]. */
  readonly times: Float32Array;
  /** [n, M, C·h·w] */
  readonly noise: Float32Array;
}

export interface TuneData {
  readonly images: Examples;
  readonly pairs: Examples;
  /** What the network is told of each prompt, [prompts, …] by name; row 0 is the empty prompt. */
  readonly texts: Conditions;
  /** The prompts themselves, by their rows; what follows from `none` has no text. */
  readonly prompts: readonly string[];
  /** The row of no prompt at all, which guidance is measured from; default that of the empty prompt. */
  readonly none?: number;
  /** [C, h, w] */
  readonly latentShape: readonly [number, number, number];
  /** The shape of each condition of one sample, of prompts and sizes. */
  readonly conditionShapes: Readonly<Record<string, Shape>>;
}

export interface BatchOptions {
  readonly seed: number;
  readonly process: NoiseProcess;
  readonly mixture: Mixture;
  /** Share of captions replaced by the empty prompt, for classifier-free guidance (Ho & Salimans, 2022). */
  readonly captionDropout: number;
  /** How images are drawn: each as often as any other, or in proportion to its weight. Default uniform. */
  readonly sampling?: TuneSettings['sampling'] | undefined;
  /** How often images are drawn, in proportion to these; their weights stay as they are. */
  readonly drawnBy?: Float32Array | undefined;
  /** Part of the noise schedule that images are noised by; pairs get all of it. Default [0, 1]. */
  readonly timestepRange?: TuneSettings['timestepRange'] | undefined;
  /** γ of Min-SNR weighting; 0 or nothing weighs all timesteps alike. */
  readonly minSnrGamma?: number;
  /** Rows of winners and losers among the images; a pair shares prompt, timestep and noise, and stands side by side. */
  readonly preferences?: readonly Preference[] | undefined;
  /** The rows of images of a step, in place of those that are drawn from the data. */
  readonly drawImages?: ((t: number) => Rows) | undefined;
}

/** One of several that share the passes of each step evenly. */
export interface Share {
  /** From 0. */
  readonly part: number;
  readonly parts: number;
}

/** Which passes of a step are whose. */
function listPasses(passes: number, { part, parts }: Share = { part: 0, parts: 1 }): number[] {
  const each = passes / parts;
  return Array.from({ length: each }, (_, i) => part * each + i);
}

/** The batches of step `t`, counted from 1: those of a step are the same samples however they are split into passes. */
export function makeBatches(data: TuneData, options: BatchOptions): (t: number, share?: Share) => Feeds[] {
  const { images, pairs, passes } = options.mixture;
  const { sampling, preferences, timestepRange, drawnBy } = options;
  const ofImagesOnly = { sampling, preferences, timestepRange, drawnBy };
  const drawImages =
    options.drawImages ?? createSampler(data, data.images, 'images', images * passes, options, ofImagesOnly);
  const drawPairs = createSampler(data, data.pairs, 'pairs', pairs * passes, options);
  return (t, share) => {
    const own = listPasses(passes, share);
    const ofImages = drawImages(t);
    if (pairs === 0) return own.map((pass) => takePass(ofImages, pass, images));
    const ofPairs = drawPairs(t);
    return own.map((pass) => joinRows(takePass(ofImages, pass, images), takePass(ofPairs, pass, pairs)));
  };
}

/** The tensors of `tuningBatch` with the number of their rows. */
export interface Rows {
  readonly count: number;
  readonly tensors: Readonly<Record<string, Float32Array>>;
}

function createSampler(
  data: TuneData,
  from: Examples,
  name: string,
  count: number,
  options: BatchOptions,
  {
    sampling = 'uniform',
    preferences,
    timestepRange = [0, 1],
    drawnBy,
  }: Pick<BatchOptions, 'sampling' | 'preferences' | 'timestepRange' | 'drawnBy'> = {},
) {
  const { seed, process, captionDropout } = options;
  const size = from.latents.length / from.weights.length;
  const shared = preferences ? 2 : 1;
  const draws = count / shared;
  const { rowAt, weights } = preferences
    ? { rowAt: createSampleOrder(seed, name, preferences.length), weights: from.weights }
    : drawnBy
      ? { rowAt: createWeightedOrder(seed, name, drawnBy), weights: from.weights }
      : chooseRows(seed, name, from.weights, sampling);
  const each = <T>(make: () => T): T[] => Array.from({ length: draws }, make).flatMap((one) => repeat(one, shared));
  function drawFresh(rng: Random) {
    const timesteps = Float32Array.from(each(() => process.drawTime(rng, timestepRange)));
    const fresh = rng.normals(draws * size);
    const places = Array.from({ length: count }, (_, i) => Math.floor(i / shared));
    return { timesteps, noise: preferences ? takeRows(fresh, size, places) : fresh };
  }
  return function sample(t: number): Rows {
    const rng = random(seed, 'tune', name, t);
    const drawn = Array.from({ length: draws }, (_, i) => rowAt((t - 1) * draws + i));
    const rows = preferences ? drawn.flatMap((row) => preferences[row]!.slice(0, 2) as number[]) : drawn;
    const shares =
      preferences?.[0]?.[2] === undefined ? undefined : drawn.flatMap((row) => repeat(preferences[row]![2]!, 2));
    const empty = each(() => rng.uniform() < captionDropout);
    const texts = rows.map((row, i) => (empty[i] ? 0 : from.texts[row]!));
    const { timesteps, noise } = from.ownNoise
      ? takeOwn(
          from.ownNoise,
          each(() => rng.int(from.ownNoise!.times.length)),
          rows,
          size,
        )
      : drawFresh(rng);
    const clean = takeRows(from.latents, size, rows);
    const tensors = {
      latents: process.mix(clean, noise, timesteps),
      target: process.target(clean, noise, timesteps),
      timesteps,
      ...takeConditions(data, texts, from.sizes && { of: from.sizes, rows }),
      weights: shares
        ? Float32Array.from(shares)
        : weighTimesteps(takeRows(weights, 1, rows), process, timesteps, options.minSnrGamma),
    };
    return { count, tensors };
  };
}

/** The noise of rows at the moments of each. */
function takeOwn({ times, noise }: OwnNoise, moments: readonly number[], rows: readonly number[], size: number) {
  const places = rows.map((row, i) => row * times.length + moments[i]!);
  return { timesteps: takeRows(times, 1, moments), noise: takeRows(noise, size, places) };
}

function repeat<T>(value: T, times: number): T[] {
  return new Array<T>(times).fill(value);
}

function weighTimesteps(weights: Float32Array, process: NoiseProcess, times: Float32Array, gamma = 0): Float32Array {
  return gamma > 0 ? weights.map((weight, i) => weight * process.weight(times[i]!, gamma)) : weights;
}

/**
 * Which row comes at a position, and what its loss is multiplied by. Drawing image i with probability `w_i / Σw` and
 * multiplying by the mean weight has the expectation of drawing evenly and multiplying by `w_i`, with less noise: no
 * step is spent on images that hardly count.
 *
 * @throws CollimateError CONFIG where a weight is below 0, which no probability can be.
 */
function chooseRows(seed: number, name: string, weights: Float32Array, sampling: TuneSettings['sampling']) {
  const count = weights.length;
  if (sampling === 'uniform') return { rowAt: createSampleOrder(seed, name, count), weights };
  if (weights.some((weight) => weight < 0))
    throw new CollimateError(
      'CONFIG',
      'tune.sampling: images with a weight below 0 cannot be drawn in proportion to it',
      'Set tune.clipRewards to true (--clip-rewards), or tune.sampling to uniform.',
    );
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / count;
  return { rowAt: createWeightedOrder(seed, name, weights), weights: new Float32Array(count).fill(mean) };
}

/**
 * As `createOrder`, but in each epoch of as many positions as rows, row i comes `n·w_i / Σw` times, rounded up or down at
 * random (systematic sampling).
 */
export function createWeightedOrder(seed: number, name: string, weights: Float32Array): (position: number) => number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const drawEpoch = (epoch: number): number[] => {
    const rng = random(seed, 'tune', name, 'epoch', epoch);
    const offset = rng.uniform();
    const rows: number[] = [];
    let reached = 0;
    weights.forEach((weight, row) => {
      reached += (weight / total) * weights.length;
      while (rows.length + offset < reached) rows.push(row);
    });
    // Rounding of the sum may leave the last position out.
    while (rows.length < weights.length) rows.push(weights.lastIndexOf(Math.max(...weights)));
    return rng.shuffle(rows.slice(0, weights.length));
  };
  return createEpochs(weights.length, drawEpoch);
}

/** The row at a position in an endless run of epochs, each with all rows once in its own order. */
export function createSampleOrder(seed: number, name: string, rows: number): (position: number) => number {
  return createEpochs(rows, (epoch) =>
    random(seed, 'tune', name, 'epoch', epoch).shuffle(Array.from({ length: rows }, (_, row) => row)),
  );
}

function createEpochs(length: number, drawEpoch: (epoch: number) => number[]): (position: number) => number {
  let drawn: { epoch: number; rows: number[] } | undefined;
  return (position) => {
    const epoch = Math.floor(position / length);
    if (drawn?.epoch !== epoch) drawn = { epoch, rows: drawEpoch(epoch) };
    return drawn.rows[position % length]!;
  };
}

/** Conditions of rows of the texts, and of rows of samples where the network is told their sizes. */
export function takeConditions(
  { texts, conditionShapes: shapes }: Pick<TuneData, 'texts' | 'conditionShapes'>,
  rows: readonly number[],
  sizes?: { readonly of: Conditions; readonly rows: readonly number[] },
): Record<string, Float32Array> {
  const take = (from: Conditions, of: readonly number[]) =>
    Object.entries(from).map(([name, table]) => [name, takeRows(table, sizeOf(shapes[name]!), of)] as const);
  return Object.fromEntries([...take(texts, rows), ...(sizes ? take(sizes.of, sizes.rows) : [])]);
}

/** Rows of a table [n, width], one after another. */
export function takeRows(table: Float32Array, width: number, rows: readonly number[]): Float32Array {
  const result = new Float32Array(rows.length * width);
  rows.forEach((row, i) => {
    result.set(table.subarray(row * width, (row + 1) * width), i * width);
  });
  return result;
}

function takePass({ count, tensors }: Rows, pass: number, rows: number): Rows['tensors'] {
  const cut = (data: Float32Array) => {
    const width = data.length / count;
    return data.subarray(pass * rows * width, (pass + 1) * rows * width);
  };
  return Object.fromEntries(Object.entries(tensors).map(([name, data]) => [name, cut(data)]));
}

/** Tensors that only the first has stay as they are. */
function joinRows(first: Rows['tensors'], second: Rows['tensors']): Feeds {
  const join = (a: Float32Array, b: Float32Array) => {
    const both = new Float32Array(a.length + b.length);
    both.set(a);
    both.set(b, a.length);
    return both;
  };
  const joined = Object.entries(first).map(([name, data]) => {
    const other = second[name];
    return [name, other ? join(data, other) : data];
  });
  return Object.fromEntries(joined);
}
