// Text encoders, noise, network with its gradients and optimiser step, autoencoder and samplers against `sd-golden.safetensors`.
// Every part starts from the reference inputs, so that a disagreement points at one part.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { input } from '../../engine/graph/tensor.ts';
import { mergeLora } from '../../engine/weights/lora.ts';
import { readLora } from '../../engine/weights/read-lora.ts';
import { denoise } from '../../models/diffusion/denoise.ts';
import type { NoiseProcess } from '../../models/diffusion/process.ts';
import type { DiffusionModel } from '../../models/families/model.ts';
import { declareLoraBase } from '../../models/lora-base.ts';
import { openPipeline } from '../../models/pipeline.ts';
import { checkText } from './check-text.ts';
import { checkTraining } from './check-training.ts';
import { checkVae } from './check-vae.ts';
import { compareTensors, type TensorComparison } from './compare.ts';
import { evaluateOutputs, prepare } from './evaluate-outputs.ts';
import { type Golden, openGolden } from './golden.ts';
import { conditionsOf, dataOf, inputsLike, repeatRow, timesOf } from './golden-inputs.ts';

/** The reference files' names of the samplers. */
const SAMPLERS: Readonly<Record<string, string>> = {
  ddim: 'ddim',
  pndm: 'pndm',
  dpmpp: 'dpm-solver',
  euler: 'euler',
  flow_euler: 'euler',
};

/** Compares everything in `sd-golden.safetensors` and `sd-grads.safetensors`, and a LoRA where there is one. */
export async function* checkDiffusion(folder: string): AsyncGenerator<TensorComparison> {
  const golden = openGolden(join(folder, 'sd-golden.safetensors'));
  const model = withPrediction(openPipeline(join(folder, 'sd')), golden);
  const gradients = join(folder, 'sd-grads.safetensors');
  const process = model.process();
  yield* checkText(model, golden);
  yield* checkNoise(process, golden);
  yield* checkTraining(model, golden, existsSync(gradients) ? openGolden(gradients) : undefined);
  if (golden.names.includes('lora_prediction')) yield* checkLora(model, golden, join(folder, 'lora'));
  yield* checkVae(model, golden);
  yield* checkSamplers(model, process, golden);
}

/** Old references say beside their tensors what the network predicts. */
function withPrediction(model: DiffusionModel, { metadata }: Golden): DiffusionModel {
  const { prediction_type: type } = metadata;
  if (type === undefined) return model;
  const raw = { ...model.raw, scheduler: { ...model.raw.scheduler, prediction_type: type } };
  return { ...model, raw, process: model.family.design(raw, model.index, model.folder).process };
}

function* checkNoise(process: NoiseProcess, golden: Golden): Generator<TensorComparison> {
  const [latents, noise] = [golden.floats('latents'), golden.floats('noise')];
  const times = timesOf(golden);
  yield compareTensors('sd.noisy', process.mix(latents, noise, times), golden.tensor('noisy'));
  if (golden.names.includes('target'))
    yield compareTensors('sd.target', process.target(latents, noise, times), golden.tensor('target'));
}

/** The prediction with a LoRA merged. */
async function* checkLora(model: DiffusionModel, golden: Golden, folder: string): AsyncGenerator<TensorComparison> {
  const { denoiser } = model;
  const layers = readLora(folder, declareLoraBase(model))[denoiser]!;
  const { shape } = golden.tensor('noisy');
  const rows = shape[0]!;
  const conditions = conditionsOf(model, golden, rows);
  const { y } = await evaluateOutputs(
    (p) => ({ y: model.denoise(p, input('noisy', shape), input('timesteps', [rows]), inputsLike(conditions)) }),
    mergeLora(model.parameters(denoiser), layers),
    { noisy: golden.floats('noisy'), timesteps: timesOf(golden), ...dataOf(conditions) },
    denoiser,
  );
  yield compareTensors('sd.lora_prediction', y!, golden.tensor('lora_prediction'));
}

/** Each sampler with guidance: the first prompts against the last one, which is empty. */
async function* checkSamplers(
  model: DiffusionModel,
  process: NoiseProcess,
  golden: Golden,
): AsyncGenerator<TensorComparison> {
  const there = Object.entries(SAMPLERS).filter(([name]) => golden.names.includes(`${name}.init`));
  const [first] = there;
  if (!first) return;
  const { shape } = golden.tensor(`${first[0]}.init`);
  const [images, ...size] = shape as [number, ...number[]];
  const conditions = repeatRow(model, conditionsOf(model, golden, images), conditionsOf(model, golden), images);
  const { denoiser } = model;
  const network = await prepare(
    (p) => ({
      y: model.denoise(p, input('latents', [2 * images, ...size]), input('t', [2 * images]), inputsLike(conditions)),
    }),
    model.parameters(denoiser),
    denoiser,
  );
  const predict = async (latents: Float32Array, timestep: number) => {
    const t = new Float32Array(2 * images).fill(timestep);
    const both = new Float32Array(2 * latents.length);
    both.set(latents);
    both.set(latents, latents.length);
    const y = (await network.run({ latents: both, t, ...dataOf(conditions) })).y as Float32Array;
    return { conditional: y.slice(0, latents.length), unconditional: y.slice(latents.length) };
  };
  // PNDM asks once more than there are steps.
  const steps = Math.min(...there.map(([name]) => golden.tensor(`${name}.timesteps`).data.length));
  for (const [name, sampler] of there) {
    const chosen = process.sampler(sampler, steps);
    yield compareTensors(`sd.${name}.timesteps`, chosen.timesteps, golden.tensor(`${name}.timesteps`));
    const init = golden.floats(`${name}.init`);
    const final = await denoise({ sampler: chosen, init, predict, guidanceScale: golden.setting('guidance_scale') });
    yield compareTensors(`sd.${name}.final`, final, golden.tensor(`${name}.final`));
  }
  await network.dispose();
}
