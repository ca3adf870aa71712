// Pre-training of the denoising U-Net on latents of renders and careless captions.

import { join } from 'node:path';
import { mean, mul, square, sub } from '../../engine/graph/functions.ts';
import { createSchedule } from '../../models/diffusion/schedule.ts';
import { CollimateError } from '../../util/errors.ts';
import { writeFileAtomic } from '../../util/files.ts';
import { type Random, random } from '../../util/random.ts';
import { takeTableRows } from './batches.ts';
import { MODEL_INDEX, SCHEDULER_CONFIG } from './configs.ts';

import type { Recipe } from './recipe.ts';
import { type PretrainContext, readJson, trainStage } from './stage.ts';
import { makeUnetData, type UnetData } from './unet-data.ts';
import { openWordedUnet } from './worded-unet.ts';

/** The share of captions left empty, for classifier-free guidance (Ho & Salimans, 2022). */
const EMPTY = 0.1;

export async function pretrainUnet(context: PretrainContext, recipe: Recipe): Promise<void> {
  await trainUnet(context, recipe, 'unet');
  writeFileAtomic(join(context.out, 'sd', 'model_index.json'), `${JSON.stringify(MODEL_INDEX, null, 2)}\n`);
}

/**
 * A second cycle (Loshchilov & Hutter, 2017, call it a warm restart): it starts from the published U-Net, in half precision as
 * it is, and takes its place, so that whoever has the package can repeat it without the first cycle's hours.
 *
 * @throws CollimateError MISMATCH where the published U-Net predicts something else than the recipe's.
 */
export async function pretrainUnetAgain(context: PretrainContext, recipe: Recipe): Promise<void> {
  if (!recipe.unetAgain) return;
  checkPrediction(join(context.out, 'sd', 'scheduler', 'scheduler_config.json'), recipe.unetAgain.prediction);
  await trainUnet(context, { ...recipe, unet: recipe.unetAgain }, 'unet-again');
}

function checkPrediction(path: string, wanted: string): void {
  const there = readJson(path).prediction_type;
  if (there !== wanted)
    throw new CollimateError(
      'MISMATCH',
      `${path}: the U-Net predicts ${JSON.stringify(there)}, and training goes on with ${JSON.stringify(wanted)}`,
      'Take the models of this release, or begin anew with --only unet.',
    );
}

async function trainUnet(context: PretrainContext, recipe: Recipe, name: 'unet' | 'unet-again'): Promise<void> {
  const data = await makeUnetData(recipe, context);
  const folder = join(context.out, 'sd');
  const denoiser = openWordedUnet(folder, recipe, data.length);
  const [{ batch: size }, { in_channels: channels, sample_size: side }] = [recipe.unet, recipe.configs.unet];
  const float = (shape: number[]) => ({ dtype: 'float32' as const, shape });
  const latents = float([size, channels, side, side]);
  const weights = await trainStage(context, {
    ...recipe.unet,
    name,
    specs: denoiser.specs,
    start: denoiser.start(name === 'unet' ? (each) => random(context.seed, name, 'init', each) : 'published'),
    batch: {
      latents,
      target: latents,
      timesteps: float([size]),
      ids: { dtype: 'int32', shape: [size, data.length] },
      weights: float([size, 1, 1, 1]),
    },
    loss: (p, batch) => {
      const predicted = denoiser.predict(p, batch.latents!, batch.timesteps!, batch.ids!);
      const errors = square(sub(predicted, batch.target!));
      return { loss: mean(mul(errors, batch.weights!)) };
    },
    makeBatch: (t) => makeBatch(recipe, data, random(context.seed, name, 'data', t)),
    warmupSteps: 200,
    emaDecay: 0.999,
  });
  denoiser.publish(weights);
  const scheduler = { ...SCHEDULER_CONFIG, prediction_type: recipe.unet.prediction };
  const path = join(folder, 'scheduler', 'scheduler_config.json');
  writeFileAtomic(path, `${JSON.stringify(scheduler, null, 2)}\n`);
}

const { alphasCumprod } = createSchedule(SCHEDULER_CONFIG);

function makeBatch(recipe: Recipe, data: UnetData, rng: Random) {
  const { batch, scenes, prediction, snrCap } = recipe.unet;
  const rows = Array.from({ length: batch }, () => rng.int(scenes));
  const ids = rows.flatMap((row) => (rng.uniform() < EMPTY ? data.emptyCaption : data.captionOf(row, rng)));
  const timesteps = Float32Array.from(rows, () => rng.int(alphasCumprod.length));
  const noise = rng.normals(batch * data.size);
  const clean = takeTableRows(data.latents, data.size, rows);
  const keptOf = (i: number) => alphasCumprod[timesteps[Math.floor(i / data.size)]!]!;
  const latents = clean.map((x, i) => Math.sqrt(keptOf(i)) * x + Math.sqrt(1 - keptOf(i)) * noise[i]!);
  const target =
    prediction === 'epsilon'
      ? noise
      : clean.map((x, i) => Math.sqrt(keptOf(i)) * noise[i]! - Math.sqrt(1 - keptOf(i)) * x);
  const weights = timesteps.map((step) => timestepWeight(snrCap, alphasCumprod[step]!));
  return { latents, target, timesteps, ids: Int32Array.from(ids), weights };
}

function timestepWeight(cap: number, kept: number): number {
  const snr = kept / (1 - kept);
  return cap > 0 ? (Math.min(snr, cap) + 1) / (snr + 1) : 1;
}
