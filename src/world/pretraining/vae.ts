// Pre-training of the autoencoder on renders.

import { join } from 'node:path';
import { add, exp, mul } from '../../engine/graph/functions.ts';
import { input } from '../../engine/graph/tensor.ts';
import { constantParams, declareParams, type Params } from '../../engine/nn/params.ts';
import { compile } from '../../engine/runtime/program.ts';
import { parseVaeConfig, type VaeConfig } from '../../models/vae/config.ts';
import { vaeDecode } from '../../models/vae/decoder.ts';
import { vaeEncode } from '../../models/vae/encoder.ts';
import { random } from '../../util/random.ts';
import { sampleAnyScene } from '../judge/examples.ts';
import { renderBatch } from './batches.ts';
import { VAE_CONFIG } from './configs.ts';
import { gaussianDivergence, reconstructionLoss } from './losses.ts';
import { type PretrainContext, publish, readJson, readTrained, trainStage } from './stage.ts';

const BATCH = 16;
/** Weight of the divergence from N(0, 1): just enough to keep latents in one range (Rombach et al., 2022, appendix G). */
const DIVERGENCE = 1e-5;

function vaeSpecs(config: VaeConfig) {
  return declareParams((p: Params) => {
    vaeEncode(p, config, input('pixels', [1, 3, 32, 32]));
    vaeDecode(p, config, input('latents', [1, 4, 16, 16]));
  });
}

export async function pretrainVae(context: PretrainContext, steps = 2000): Promise<void> {
  const config = parseVaeConfig(VAE_CONFIG);
  const latents = [BATCH, 4, 16, 16];
  const weights = await trainStage(context, {
    name: 'vae',
    specs: vaeSpecs(config),
    batch: { pixels: { dtype: 'float32', shape: [BATCH, 3, 32, 32] }, noise: { dtype: 'float32', shape: latents } },
    loss: (p, { pixels, noise }) => {
      const { mean, logvar } = vaeEncode(p, config, pixels!);
      const sample = add(mean, mul(exp(mul(logvar, 0.5)), noise!));
      const reconstruction = reconstructionLoss(vaeDecode(p, config, sample), pixels!);
      return { loss: add(reconstruction, mul(gaussianDivergence(mean, logvar), DIVERGENCE)) };
    },
    makeBatch: (t) => {
      const rng = random(context.seed, 'vae', 'data', t);
      return {
        pixels: renderBatch(Array.from({ length: BATCH }, () => sampleAnyScene(rng))),
        noise: rng.normals(BATCH * 1024),
      };
    },
    steps,
    learningRate: 2e-3,
    warmupSteps: 50,
    emaDecay: 0.998,
  });
  const folder = join(context.out, 'sd', 'vae');
  publish(folder, 'diffusion_pytorch_model.safetensors', VAE_CONFIG, weights);
  const deviation = await latentDeviation(folder, context);
  publish(
    folder,
    'diffusion_pytorch_model.safetensors',
    { ...VAE_CONFIG, scaling_factor: Number((1 / deviation).toFixed(5)) },
    weights,
  );
}

/** The standard deviation of latents of renders: its inverse is the scaling factor, as in Stable Diffusion. */
async function latentDeviation(folder: string, context: PretrainContext): Promise<number> {
  const rng = random(context.seed, 'vae', 'deviation');
  const latents = await encodeScenes(
    folder,
    Array.from({ length: 256 }, () => sampleAnyScene(rng)),
  );
  const mean = latents.reduce((total, x) => total + x, 0) / latents.length;
  return Math.sqrt(latents.reduce((total, x) => total + (x - mean) ** 2, 0) / latents.length);
}

/** Unscaled latents (their means) [scenes, 4, 16, 16]; the number of scenes a multiple of 64. */
export async function encodeScenes(folder: string, scenes: Parameters<typeof renderBatch>[0]): Promise<Float32Array> {
  const config = parseVaeConfig(readJson(join(folder, 'config.json')));
  const specs = vaeSpecs(config);
  const params = constantParams(specs, readTrained(folder, specs));
  const program = await compile({ mean: vaeEncode(params, config, input('pixels', [64, 3, 32, 32])).mean });
  const latents = new Float32Array(scenes.length * 1024);
  for (let i = 0; i < scenes.length; i += 64) {
    const { mean } = await program.run({ pixels: renderBatch(scenes.slice(i, i + 64)) });
    latents.set(mean!.data as Float32Array, i * 1024);
  }
  await program.dispose();
  return latents;
}
