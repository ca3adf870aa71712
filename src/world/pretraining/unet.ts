// Pre-training of the denoising U-Net on latents of renders and careless captions.

import { join } from 'node:path';
import { mean, mul, square, sub } from '../../engine/graph/functions.ts';
import { input } from '../../engine/graph/tensor.ts';
import { declareParams } from '../../engine/nn/params.ts';
import { createSchedule } from '../../models/diffusion/schedule.ts';
import { minSnrWeight } from '../../models/diffusion/snr.ts';
import { parseUnetConfig } from '../../models/unet/config.ts';
import { unet } from '../../models/unet/unet.ts';
import { writeFileAtomic } from '../../util/files.ts';
import { type Random, random } from '../../util/random.ts';
import { takeTableRows } from './batches.ts';
import { MODEL_INDEX, SCHEDULER_CONFIG } from './configs.ts';
import type { Recipe } from './recipe.ts';
import { type PretrainContext, publish, readTrained, trainStage } from './stage.ts';
import { makeUnetData, type UnetData } from './unet-data.ts';

/** The share of captions left empty, for classifier-free guidance (Ho & Salimans, 2022). */
const EMPTY = 0.1;

export async function pretrainUnet(context: PretrainContext, recipe: Recipe): Promise<void> {
  await trainUnet(context, recipe, 'unet');
  const folder = join(context.out, 'sd');
  writeFileAtomic(join(folder, 'scheduler', 'scheduler_config.json'), `${JSON.stringify(SCHEDULER_CONFIG, null, 2)}\n`);
  writeFileAtomic(join(folder, 'model_index.json'), `${JSON.stringify(MODEL_INDEX, null, 2)}\n`);
}

/**
 * A second cycle (Loshchilov & Hutter, 2017, call it a warm restart): it starts from the published U-Net, in half precision as
 * it is, and takes its place, so that whoever has the package can repeat it without the first cycle's hours.
 */
export async function pretrainUnetAgain(context: PretrainContext, recipe: Recipe): Promise<void> {
  if (!recipe.unetAgain) return;
  await trainUnet(context, { ...recipe, unet: recipe.unetAgain }, 'unet-again', join(context.out, 'sd', 'unet'));
}

async function trainUnet(context: PretrainContext, recipe: Recipe, name: string, from?: string): Promise<void> {
  const data = await makeUnetData(recipe, context);
  const published = recipe.configs.unet;
  const config = parseUnetConfig(published);
  const { batch: size } = recipe.unet;
  const side = Number(published.sample_size);
  const shapes = {
    latents: [size, config.in_channels, side, side],
    timesteps: [size],
    context: [size, data.length, data.width],
  };
  const float = (shape: number[]) => ({ dtype: 'float32' as const, shape });
  const specs = declareParams((p) =>
    unet(
      p,
      config,
      input('latents', shapes.latents),
      input('timesteps', shapes.timesteps),
      input('context', shapes.context),
    ),
  );
  const weights = await trainStage(context, {
    ...recipe.unet,
    name,
    specs,
    ...(from && { start: readTrained(from, specs) }),
    batch: {
      latents: float(shapes.latents),
      noise: float(shapes.latents),
      timesteps: float(shapes.timesteps),
      context: float(shapes.context),
      weights: float([size, 1, side, side]),
    },
    loss: (p, batch) => {
      const predicted = unet(p, config, batch.latents!, batch.timesteps!, batch.context!);
      const errors = square(sub(predicted, batch.noise!));
      return { loss: mean(mul(errors, batch.weights!)) };
    },
    makeBatch: (t) => makeBatch(recipe, data, random(context.seed, name, 'data', t)),
    warmupSteps: 200,
    emaDecay: 0.999,
  });
  publish(join(context.out, 'sd', 'unet'), 'diffusion_pytorch_model.safetensors', published, weights);
}

const schedule = createSchedule(SCHEDULER_CONFIG);

function makeBatch({ unet: { batch, scenes, minSnr } }: Recipe, data: UnetData, rng: Random) {
  const rows = Array.from({ length: batch }, () => rng.int(scenes));
  const captions = rows.map((row) => (rng.uniform() < EMPTY ? 0 : data.captionRow(row, rng)));
  const timesteps = Float32Array.from(rows, () => rng.int(schedule.alphasCumprod.length));
  const noise = rng.normals(batch * data.size);
  const latents = takeTableRows(data.latents, data.size, rows).map((x, i) => {
    const kept = schedule.alphasCumprod[timesteps[Math.floor(i / data.size)]!]!;
    return Math.sqrt(kept) * x + Math.sqrt(1 - kept) * noise[i]!;
  });
  const cells = data.weights.length / scenes;
  const weights = takeTableRows(data.weights, cells, rows).map((weight, i) => {
    const step = timesteps[Math.floor(i / cells)]!;
    return weight * (minSnr > 0 ? minSnrWeight(schedule, step, minSnr) : 1);
  });
  const context = takeTableRows(data.embeddings, data.length * data.width, captions);
  return { latents, noise, timesteps, context, weights };
}
