// One training step of the network against its references: prediction, losses, every gradient, and AdamW.

import { mean, mul, scalar, square, stopGradient, sub, zeros } from '../../engine/graph/functions.ts';
import { grad } from '../../engine/graph/grad.ts';
import { input, type Tensor } from '../../engine/graph/tensor.ts';
import { bindParams, type Params, unpackParams } from '../../engine/nn/params.ts';
import type { Outputs } from '../../engine/onnx/outputs.ts';
import { type AdamWConfig, adamw, adamwCorrections } from '../../engine/optim/adamw.ts';
import { clipByGlobalNorm } from '../../engine/optim/clip.ts';
import type { DiffusionModel } from '../../models/families/model.ts';
import { CollimateError } from '../../util/errors.ts';
import { compareTensors, type TensorComparison } from './compare.ts';
import { prepare } from './evaluate-outputs.ts';
import type { Golden } from './golden.ts';
import { conditionsOf, dataOf, type GoldenConditions, inputsLike, targetOf, timesOf } from './golden-inputs.ts';

/** Compares `prediction` to `grad_norm`, `adamw.*`, and all of `sd-grads.safetensors` where there is one. */
export async function* checkTraining(
  model: DiffusionModel,
  golden: Golden,
  gradients: Golden | undefined,
): AsyncGenerator<TensorComparison> {
  const settings = readSettings(golden);
  const { denoiser } = model;
  const conditions = conditionsOf(model, golden, golden.tensor('noisy').shape[0]!);
  const parameters = model.parameters(denoiser);
  const build = (p: Params, flat: Tensor) => trainingStep(p, flat, model, { golden, settings, conditions });
  const step = await prepare(build, parameters, denoiser);
  const { gradient, updated, ...results } = await step.run({ ...feedsOf(model, golden), ...dataOf(conditions) });
  await step.dispose();
  for (const [name, data] of Object.entries(results)) yield compareTensors(`sd.${name}`, data, golden.tensor(name));
  const gradientOf = unpackParams(step.specs, gradient as Float32Array);
  for (const name of gradients?.names ?? [])
    yield compareTensors(`sd.grad.${name}`, gradientOf.get(name)?.data ?? [], gradients!.tensor(name));
  const updatedOf = unpackParams(step.specs, updated as Float32Array);
  for (const name of golden.names.filter((one) => one.startsWith('adamw.'))) {
    const key = name.slice('adamw.'.length);
    const comparison = compareTensors(`sd.${name}`, updatedOf.get(key)?.data ?? [], golden.tensor(name));
    yield isUnmoved(golden.floats(name), parameters.get(key)?.data, gradientOf.get(key)?.data)
      ? { ...comparison, verdict: 'not comparable', note: UNMOVED }
      : comparison;
  }
}

const UNMOVED = 'the reference is the parameter before the step, to the bit, though its gradient is not 0';

/** AdamW moves every number whose gradient is not 0, so such a reference was taken before the step. */
function isUnmoved(reference: Float32Array, before?: Float32Array, gradient?: Float32Array): boolean {
  return reference.every((value, i) => value === before?.[i]) && (gradient?.some((value) => value !== 0) ?? false);
}

function feedsOf(model: DiffusionModel, golden: Golden): Record<string, Float32Array> {
  return {
    noisy: golden.floats('noisy'),
    timesteps: timesOf(golden),
    target: targetOf(model, golden),
    weights: golden.floats('weights'),
  };
}

/** Parameters that are stored but not learned get no gradient. */
function holdFixed(p: Params, fixed: ReadonlySet<string>): Params {
  return bindParams(({ name, shape, init }) => {
    const value = p.get(name, shape, init);
    return fixed.has(name) ? stopGradient(value) : value;
  });
}

interface StepInputs {
  readonly golden: Golden;
  readonly settings: Settings;
  readonly conditions: GoldenConditions;
}

function trainingStep(
  p: Params,
  flat: Tensor,
  model: DiffusionModel,
  { golden, settings, conditions }: StepInputs,
): Outputs {
  const like = (name: string) => input(name, golden.tensor(name).shape);
  const noisy = like('noisy');
  const prediction = model.denoise(
    holdFixed(p, model.fixed),
    noisy,
    input('timesteps', [noisy.shape[0]!]),
    inputsLike(conditions),
  );
  const perSample = mean(square(sub(prediction, input('target', prediction.shape))), [1, 2, 3]); // [B]
  const loss = mean(mul(like('weights'), perSample));
  const gradient = grad(loss, [flat])[0]!;
  const { norm, scale } = clipByGlobalNorm(gradient, settings.maxNorm);
  const { correction1, correction2 } = adamwCorrections(settings.optimizer, 1);
  const scalars = {
    learningRate: scalar(settings.learningRate),
    correction1: scalar(correction1),
    correction2: scalar(correction2),
  };
  const start = { params: flat, m: zeros(flat.shape), v: zeros(flat.shape) };
  const updated = adamw(start, gradient, scale, scalars, settings.optimizer).params;
  return { prediction, per_sample_loss: perSample, loss, grad_norm: norm, gradient, updated };
}

interface Settings {
  readonly learningRate: number;
  readonly maxNorm: number;
  readonly optimizer: AdamWConfig;
}

/** Reads `lr 1e-3, betas 0.9 0.999, eps 1e-8, weight_decay 1e-2, after clipping the gradient to norm 1`. */
function readSettings({ path, metadata }: Golden): Settings {
  const text = metadata.adamw ?? '';
  const after = (words: string, position = 0): number => {
    const value = Number.parseFloat(text.split(`${words} `)[1]?.split(/[\s,]+/)[position] ?? '');
    if (Number.isFinite(value)) return value;
    throw new CollimateError(
      'WEIGHTS',
      `${path}: expected "${words} NUMBER" as adamw in its metadata, got "${text}"`,
      'Use a folder laid out like test/fixtures/sd1.',
    );
  };
  const optimizer = {
    beta1: after('betas'),
    beta2: after('betas', 1),
    epsilon: after('eps'),
    weightDecay: after('weight_decay'),
  };
  return { learningRate: after('lr'), maxNorm: after('norm'), optimizer };
}
