// Text encoder, noise, U-Net with its gradients and optimiser step, autoencoder and samplers against `sd-golden.safetensors`.
// Every part starts from the reference inputs, so that a disagreement points at one part.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { input } from '../../engine/graph/tensor.ts';
import { clipTextHidden } from '../../models/clip/text.ts';
import { denoise } from '../../models/diffusion/denoise.ts';
import { createSampler } from '../../models/diffusion/samplers.ts';
import { createSchedule, type Schedule } from '../../models/diffusion/schedule.ts';
import { addNoise, predictionTarget } from '../../models/diffusion/targets.ts';
import { openPipeline, type Pipeline } from '../../models/pipeline.ts';
import { unet } from '../../models/unet/unet.ts';
import { vaeDecode } from '../../models/vae/decoder.ts';
import { vaeEncode } from '../../models/vae/encoder.ts';
import { checkTraining } from './check-training.ts';
import { compareTensors, type TensorComparison } from './compare.ts';
import { evaluateOutputs, prepare } from './evaluate-outputs.ts';
import { type Golden, openGolden } from './golden.ts';

/** The reference files' names of the samplers. */
const SAMPLERS = { ddim: 'ddim', pndm: 'pndm', dpmpp: 'dpm-solver', euler: 'euler' } as const;

/** Compares everything in `sd-golden.safetensors` and `sd-grads.safetensors`. */
export async function* checkDiffusion(folder: string): AsyncGenerator<TensorComparison> {
  const pipeline = openPipeline(join(folder, 'sd'));
  const golden = openGolden(join(folder, 'sd-golden.safetensors'));
  const gradients = join(folder, 'sd-grads.safetensors');
  const schedule = createSchedule({ ...pipeline.scheduler, ...predictionType(golden) }, join(folder, 'sd/scheduler'));
  yield* checkText(pipeline, golden);
  yield* checkNoise(schedule, golden);
  yield* checkTraining(pipeline, golden, existsSync(gradients) ? openGolden(gradients) : undefined);
  yield* checkVae(pipeline, golden);
  yield* checkSamplers(pipeline, schedule, golden);
}

function predictionType({ metadata }: Golden): { prediction_type?: string } {
  return metadata.prediction_type === undefined ? {} : { prediction_type: metadata.prediction_type };
}

async function* checkText(pipeline: Pipeline, golden: Golden): AsyncGenerator<TensorComparison> {
  const ids = golden.tensor('input_ids');
  const { hidden } = await evaluateOutputs(
    (p) => ({ hidden: clipTextHidden(p, pipeline.text, input('ids', ids.shape, 'int64')) }),
    pipeline.parameters('text_encoder'),
    { ids: golden.ids('input_ids') },
    'text_encoder',
  );
  yield compareTensors('sd.text_last_hidden_state', hidden!, golden.tensor('text_last_hidden_state'));
}

function* checkNoise(schedule: Schedule, golden: Golden): Generator<TensorComparison> {
  const [latents, noise, timesteps] = [golden.floats('latents'), golden.floats('noise'), golden.floats('timesteps')];
  yield compareTensors('sd.noisy', addNoise(schedule, latents, noise, timesteps), golden.tensor('noisy'));
  const target = predictionTarget(schedule, latents, noise, timesteps);
  yield compareTensors('sd.target', target, golden.tensor('target'));
}

async function* checkVae(pipeline: Pipeline, golden: Golden): AsyncGenerator<TensorComparison> {
  const parameters = pipeline.parameters('vae');
  const pixels = golden.tensor('pixels');
  const encoded = await evaluateOutputs(
    (p) => ({ ...vaeEncode(p, pipeline.vae, input('pixels', pixels.shape)) }),
    parameters,
    { pixels: golden.floats('pixels') },
    'vae',
  );
  yield compareTensors('sd.vae_mean', encoded.mean!, golden.tensor('vae_mean'));
  yield compareTensors('sd.vae_logvar', encoded.logvar!, golden.tensor('vae_logvar'));
  const latents = golden.tensor('ddim.final');
  const decoder = await prepare(
    (p) => ({ image: vaeDecode(p, pipeline.vae, input('latents', latents.shape)) }),
    parameters,
    'vae',
  );
  const decode = async (values: Float32Array) => (await decoder.run({ latents: values })).image!;
  const some = golden.floats('latents').slice(0, latents.data.length);
  yield compareTensors('sd.vae_decoded', await decode(some), golden.tensor('vae_decoded'));
  yield compareTensors('sd.ddim.image', await decode(golden.floats('ddim.final')), golden.tensor('ddim.image'));
  await decoder.dispose();
}

/** Each sampler with guidance: the first prompts against the last one, which is empty. */
async function* checkSamplers(
  pipeline: Pipeline,
  schedule: Schedule,
  golden: Golden,
): AsyncGenerator<TensorComparison> {
  const hidden = golden.tensor('text_last_hidden_state');
  const [rows, tokens, width] = hidden.shape as [number, number, number];
  const [images, ...size] = golden.tensor('ddim.init').shape as [number, ...number[]];
  const network = await prepare(
    (p) => {
      const context = input('context', [2 * images, tokens, width]);
      return { y: unet(p, pipeline.unet, input('latents', [2 * images, ...size]), input('t', [2 * images]), context) };
    },
    pipeline.parameters('unet'),
    'unet',
  );
  const row = (i: number) =>
    golden.floats('text_last_hidden_state').slice(i * tokens * width, (i + 1) * tokens * width);
  const prompts = Array.from({ length: images }, (_, i) => row(i));
  const context = join32([...prompts, ...prompts.map(() => row(rows - 1))]);
  const predict = async (latents: Float32Array, timestep: number) => {
    const t = new Float32Array(2 * images).fill(timestep);
    const y = (await network.run({ latents: join32([latents, latents]), t, context })).y as Float32Array;
    return { conditional: y.slice(0, latents.length), unconditional: y.slice(latents.length) };
  };
  const steps = golden.tensor('ddim.timesteps').data.length;
  for (const [name, sampler] of Object.entries(SAMPLERS)) {
    const chosen = createSampler(sampler, schedule, steps);
    yield compareTensors(`sd.${name}.timesteps`, chosen.timesteps, golden.tensor(`${name}.timesteps`));
    const init = golden.floats(`${name}.init`);
    const final = await denoise({ sampler: chosen, init, predict, guidanceScale: golden.setting('guidance_scale') });
    yield compareTensors(`sd.${name}.final`, final, golden.tensor(`${name}.final`));
  }
  await network.dispose();
}

function join32(parts: readonly Float32Array[]): Float32Array {
  const joined = new Float32Array(parts.reduce((total, { length }) => total + length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}
