// Pre-training of the autoencoder on renders.

import { join } from 'node:path';
import { add, exp, mul } from '../../engine/graph/functions.ts';
import { input } from '../../engine/graph/tensor.ts';
import { constantParams, declareParams, type Params } from '../../engine/nn/params.ts';
import { compile } from '../../engine/runtime/program.ts';
import { parseVaeConfig, type VaeConfig, vaeReduction } from '../../models/vae/config.ts';
import { vaeDecode } from '../../models/vae/decoder.ts';
import { vaeEncode } from '../../models/vae/encoder.ts';
import { type Random, random } from '../../util/random.ts';
import { type Scene, sampleAnyScene } from '../scenes/scene.ts';
import { renderBatch } from './batches.ts';
import { gaussianDivergence, reconstructionLoss } from './losses.ts';
import type { Recipe } from './recipe.ts';
import { type PretrainContext, publish, readJson, readTrained, trainStage } from './stage.ts';

/** Scenes encoded at a time. */
const CHUNK = 64;

function shapesOf(config: VaeConfig, size: number, batch: number) {
  const side = size / vaeReduction(config);
  return { pixels: [batch, 3, size, size], latents: [batch, config.latent_channels, side, side] };
}

function vaeSpecs(config: VaeConfig, size: number) {
  const { pixels, latents } = shapesOf(config, size, 1);
  return declareParams((p: Params) => {
    vaeEncode(p, config, input('pixels', pixels));
    vaeDecode(p, config, input('latents', latents));
  });
}

export async function pretrainVae(context: PretrainContext, recipe: Recipe): Promise<void> {
  const published = recipe.configs.vae;
  const config = parseVaeConfig(published);
  const { scenery, vae: stage } = recipe;
  const shapes = shapesOf(config, scenery.size, stage.batch);
  const values = shapes.latents.reduce((a, b) => a * b);
  const weights = await trainStage(context, {
    ...stage,
    name: 'vae',
    specs: vaeSpecs(config, scenery.size),
    batch: {
      pixels: { dtype: 'float32', shape: shapes.pixels },
      noise: { dtype: 'float32', shape: shapes.latents },
    },
    loss: (p, { pixels, noise }) => {
      const { mean, logvar } = vaeEncode(p, config, pixels!);
      const sample = add(mean, mul(exp(mul(logvar, 0.5)), noise!));
      const reconstruction = reconstructionLoss(vaeDecode(p, config, sample), pixels!);
      return { loss: add(reconstruction, mul(gaussianDivergence(mean, logvar), stage.divergence)) };
    },
    makeBatch: (t) => {
      const rng = random(context.seed, 'vae', 'data', t);
      return {
        pixels: renderBatch(scenery, sampleScenes(recipe, stage.batch, rng)),
        noise: rng.normals(values),
      };
    },
    warmupSteps: 50,
    emaDecay: 0.998,
  });
  const folder = join(context.out, 'sd', 'vae');
  const save = (fields: object) =>
    publish(folder, 'diffusion_pytorch_model.safetensors', { ...published, ...fields }, weights);
  save({});
  save({ scaling_factor: Number((1 / (await latentDeviation(recipe, folder, context))).toFixed(5)) });
}

function sampleScenes({ scenery }: Recipe, count: number, rng: Random): Scene[] {
  return Array.from({ length: count }, () => sampleAnyScene(rng, scenery.grammar));
}

/** The standard deviation of latents of renders: its inverse is the scaling factor, as in Stable Diffusion. */
async function latentDeviation(recipe: Recipe, folder: string, context: PretrainContext): Promise<number> {
  const rng = random(context.seed, 'vae', 'deviation');
  const latents = await encodeScenes(recipe, folder, sampleScenes(recipe, 4 * CHUNK, rng));
  const mean = latents.reduce((total, x) => total + x, 0) / latents.length;
  return Math.sqrt(latents.reduce((total, x) => total + (x - mean) ** 2, 0) / latents.length);
}

/** Unscaled latents (their means), a row a scene; the number of scenes a multiple of 64. */
export async function encodeScenes(
  { scenery }: Pick<Recipe, 'scenery'>,
  folder: string,
  scenes: readonly Scene[],
): Promise<Float32Array> {
  const config = parseVaeConfig(readJson(join(folder, 'config.json')));
  const specs = vaeSpecs(config, scenery.size);
  const params = constantParams(specs, readTrained(folder, specs));
  const { pixels } = shapesOf(config, scenery.size, CHUNK);
  const encoded = vaeEncode(params, config, input('pixels', pixels)).mean;
  const program = await compile({ mean: encoded });
  const size = encoded.shape.slice(1).reduce((a, b) => a * b);
  const latents = new Float32Array(scenes.length * size);
  for (let i = 0; i < scenes.length; i += CHUNK) {
    const { mean } = await program.run({ pixels: renderBatch(scenery, scenes.slice(i, i + CHUNK)) });
    latents.set(mean!.data as Float32Array, i * size);
  }
  await program.dispose();
  return latents;
}
