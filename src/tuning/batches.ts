// What each step sees: rows, noise and timesteps as pure functions of the seed and the step, so that a resumed run goes on
// with the same data and no generator's state is kept.

import type { Schedule } from '../diffusion/schedule.ts';
import { addNoise, predictionTarget } from '../diffusion/targets.ts';
import type { Feeds } from '../training/trainer.ts';
import { type Random, random } from '../util/random.ts';
import type { Mixture } from './mixture.ts';

/** Samples of one kind, ready for the U-Net. */
export interface Examples {
  /** Scaled latents [n, C·h·w]. */
  readonly latents: Float32Array;
  /** The row of each sample's prompt among the texts, [n]. */
  readonly texts: Int32Array;
  /** The weight of each sample's loss, [n]. */
  readonly weights: Float32Array;
}

export interface TuneData {
  readonly images: Examples;
  readonly pairs: Examples;
  /** Text hidden states [prompts, S·D]; row 0 is the empty prompt. */
  readonly texts: Float32Array;
  /** [C, h, w] */
  readonly latentShape: readonly [number, number, number];
  /** [S, D] */
  readonly contextShape: readonly [number, number];
}

export interface BatchOptions {
  readonly seed: number;
  readonly schedule: Schedule;
  readonly mixture: Mixture;
  /** Share of captions replaced by the empty prompt, for classifier-free guidance (Ho & Salimans, 2022). */
  readonly captionDropout: number;
}

/** The batches of step `t`, counted from 1: those of a step are the same samples however they are split into passes. */
export function makeBatches(data: TuneData, options: BatchOptions): (t: number) => Feeds[] {
  const { images, pairs, passes } = options.mixture;
  const drawImages = createSampler(data, data.images, 'images', images * passes, options);
  const drawPairs = createSampler(data, data.pairs, 'pairs', pairs * passes, options);
  return (t) => {
    const ofImages = drawImages(t);
    if (pairs === 0) return Array.from({ length: passes }, (_, pass) => takePass(ofImages, pass, images));
    const ofPairs = drawPairs(t);
    return Array.from({ length: passes }, (_, pass) =>
      joinRows(takePass(ofImages, pass, images), takePass(ofPairs, pass, pairs)),
    );
  };
}

/** The tensors of `tuningBatch` with the number of their rows. */
interface Rows {
  readonly count: number;
  readonly tensors: Readonly<Record<string, Float32Array>>;
}

function createSampler(data: TuneData, from: Examples, name: string, count: number, options: BatchOptions) {
  const { seed, schedule, captionDropout } = options;
  const size = from.latents.length / from.weights.length;
  const rowAt = createOrder(seed, name, from.weights.length);
  return function sample(t: number): Rows {
    const rng = random(seed, 'tune', name, t);
    const rows = Array.from({ length: count }, (_, i) => rowAt((t - 1) * count + i));
    const texts = rows.map((row) => (rng.uniform() < captionDropout ? 0 : from.texts[row]!));
    const timesteps = Float32Array.from(rows, () => rng.int(schedule.trainSteps));
    const noise = rng.normals(count * size);
    const clean = takeRows(from.latents, size, rows);
    const tensors = {
      latents: addNoise(schedule, clean, noise, timesteps),
      target: predictionTarget(schedule, clean, noise, timesteps),
      timesteps,
      context: takeRows(data.texts, data.contextShape[0] * data.contextShape[1], texts),
      weights: takeRows(from.weights, 1, rows),
    };
    return { count, tensors };
  };
}

/** The row at a position in an endless run of epochs, each with all rows once in its own order. */
export function createOrder(seed: number, name: string, rows: number): (position: number) => number {
  let shuffled: { epoch: number; order: number[] } | undefined;
  return (position) => {
    const epoch = Math.floor(position / rows);
    if (shuffled?.epoch !== epoch)
      shuffled = { epoch, order: shuffle(random(seed, 'tune', name, 'epoch', epoch), rows) };
    return shuffled.order[position % rows]!;
  };
}

function shuffle(rng: Random, rows: number): number[] {
  return rng.shuffle(Array.from({ length: rows }, (_, row) => row));
}

/** Rows of a table [n, width], one after another. */
function takeRows(table: Float32Array, width: number, rows: readonly number[]): Float32Array {
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

function joinRows(first: Rows['tensors'], second: Rows['tensors']): Feeds {
  const join = (a: Float32Array, b: Float32Array) => {
    const both = new Float32Array(a.length + b.length);
    both.set(a);
    both.set(b, a.length);
    return both;
  };
  return Object.fromEntries(Object.entries(first).map(([name, data]) => [name, join(data, second[name]!)]));
}
