// The loss of fine-tuning as a graph: the denoising error of each sample, weighted, and the part of pre-training pairs.

import {
  abs,
  add,
  concat,
  div,
  exp,
  expand,
  greater,
  log,
  maximum,
  mean,
  mul,
  neg,
  relu,
  reshape,
  scalar,
  slice,
  square,
  stopGradient,
  sub,
  sum,
  where,
} from '../../engine/graph/functions.ts';
import type { Tensor } from '../../engine/graph/tensor.ts';
import { type Shape, shapeError, type TensorType } from '../../engine/graph/types.ts';
import type { Params } from '../../engine/nn/params.ts';
import type { Batch, BatchTypes, LossFunction } from '../../engine/training/step.ts';
import type { DiffusionModel } from '../../models/families/model.ts';

/** How the rows of one forward pass are divided: model images first, pre-training pairs after them. */
export interface PassRows {
  /** Rows that are images the model drew, at least 1. */
  readonly images: number;
  /** Rows that are pre-training pairs; 0 leaves the second term out. */
  readonly pairs: number;
}

export interface TuningLossOptions extends PassRows {
  /** β ≥ 0, the weight of the pre-training term. */
  readonly beta: number;
  readonly gradientCheckpointing?: boolean;
}

export interface PreferenceLossOptions extends TuningLossOptions {
  /** βT·ω of Diffusion-DPO; the rows of images are winner, loser, winner, loser, … . */
  readonly dpoBeta: number;
  /** Whether the weights of images are the probability that the first of their pair is preferred. */
  readonly soft?: boolean;
  /** μ: see `capLosers`; nothing leaves losers as they are. */
  readonly capMargin?: number | undefined;
}

/**
 * `mean_i w_i·e_i + β·mean_j w_j·e_j`, i over model images and j over pre-training pairs (Lee et al., 2023). The denoising
 * error `e = mean (target − network(x_t, t, z))²` of a sample stands for `−log p_θ(x | z)`; `w_i = r(x, z)` and `w_j = 1`.
 *
 * @param errors [B]
 * @param weights [B]
 */
export function weightedLoss(errors: Tensor, weights: Tensor, { images, pairs, beta }: TuningLossOptions) {
  if (errors.shape[0] !== images + pairs)
    throw shapeError('tuning loss', `${images} images and ${pairs} pairs`, `${errors.shape[0]} samples`);
  const weighted = mul(errors, weights);
  return withPairs(mean(slice(weighted, 0, 0, images)), weighted, { images, pairs, beta });
}

/** The loss of images plus `β·mean` of the weighted errors [B] of pre-training pairs, where there are any. */
export function withPairs(reward: Tensor, weighted: Tensor, { images, pairs, beta }: TuningLossOptions) {
  if (pairs === 0) return { loss: reward, metrics: { reward_loss: reward } };
  const pretrain = mean(slice(weighted, 0, images, images + pairs));
  return { loss: add(reward, mul(pretrain, beta)), metrics: { reward_loss: reward, pretrain_loss: pretrain } };
}

/**
 * `mean −log σ(−βT·ω [(e_θ^w − e_ref^w) − (e_θ^l − e_ref^l)]) + β·mean_j e_j`: Diffusion-DPO (Wallace et al., 2023, equation
 * 14, with constant ω) over pairs of a preferred image w and another one l of the same prompt, timestep and noise, and
 * pre-training pairs j.
 *
 * @param errors [B]; of the images, winners at even places and losers after each
 * @param reference [B], the same errors of the model before tuning
 * @param weights [B]; those of the pre-training pairs are used
 */
export function preferenceLoss(errors: Tensor, reference: Tensor, weights: Tensor, options: PreferenceLossOptions) {
  const { images, pairs, dpoBeta } = options;
  if (errors.shape[0] !== images + pairs || images % 2 !== 0)
    throw shapeError('preference loss', `pairs of ${images} images and ${pairs} pairs`, `${errors.shape[0]} samples`);
  const change = reshape(slice(sub(errors, reference), 0, 0, images), [images / 2, 2]);
  const margin = mul(sub(slice(change, 1, 0, 1), slice(change, 1, 1, 2)), dpoBeta); // [P, 1]
  const reward = mean(options.soft ? softLoss(margin, weights, images) : softplus(margin)); // −log σ(−m)
  return withPairs(reward, mul(errors, weights), options);
}

/** `−p·log σ(−m) − (1 − p)·log σ(m)` of margins m [P, 1]; `p` is the weight of each pair's first row. */
function softLoss(margin: Tensor, weights: Tensor, images: number): Tensor {
  const preferred = slice(reshape(slice(weights, 0, 0, images), [images / 2, 2]), 1, 0, 1);
  return add(mul(preferred, softplus(margin)), mul(sub(1, preferred), softplus(neg(margin))));
}

/**
 * Errors [B] of `outputs` whose losers have a slope times `λ = min(1, (1 − μ)·‖g_w‖²/(g_w·g_l))`, 1 where `g_w·g_l` is not above 0:
 * what is taken from the loser then leaves at least μ of what the winner gains, to first order (Diffusion-SDPO, Fu et al., 2025). `g`
 * are the slopes of the errors by the outputs; the errors themselves stay.
 */
export function capLosers(outputs: Tensor, target: Tensor, images: number, margin: number): Tensor {
  const residual = sub(outputs, target);
  const errors = mean(square(residual), [1, 2, 3]);
  const [rows] = outputs.shape as [number];
  const size = outputs.shape.slice(1).reduce((product, side) => product * side, 1);
  const pairs = reshape(slice(stopGradient(residual), 0, 0, images), [images / 2, 2, size]);
  const [winner, loser] = [slice(pairs, 1, 0, 1), slice(pairs, 1, 1, 2)] as const;
  const along = sum(mul(winner, loser), [1, 2]); // [P]
  const least = mul(sum(square(winner), [1, 2]), 1 - margin);
  const share = where(greater(along, least), div(least, maximum(along, 1e-12)), 1);
  const slopes = reshape(concat([expand(scalar(1), [images / 2, 1]), reshape(share, [images / 2, 1])], 1), [images]);
  const scale = images === rows ? slopes : concat([slopes, expand(scalar(1), [rows - images])], 0);
  return add(mul(errors, scale), mul(stopGradient(errors), sub(1, scale)));
}

/** `log(1 + eˣ)`, without overflow. */
function softplus(x: Tensor): Tensor {
  return add(relu(x), log(add(exp(neg(abs(x))), 1)));
}

/** What of a model a loss asks. */
export type Denoiser = Pick<DiffusionModel, 'denoise' | 'conditions'>;

/** The conditions among the tensors of a batch. */
export function pickConditions({ conditions }: Denoiser, batch: Batch): Record<string, Tensor> {
  return Object.fromEntries(Object.keys(conditions).map((name) => [name, batch[name]!]));
}

/** `mean (target − network(x_t, t, z))²` of each sample of a batch, [B]. */
export function denoisingErrors(p: Params, model: Denoiser, batch: Batch, gradientCheckpointing = false): Tensor {
  return meanSquare(sub(predict(p, model, batch, gradientCheckpointing), batch.target!));
}

/** `network(x_t, t, z)`, [B, C, h, w]. */
export function predict(p: Params, model: Denoiser, batch: Batch, gradientCheckpointing = false): Tensor {
  const { latents, timesteps } = batch;
  return model.denoise(p, latents!, timesteps!, pickConditions(model, batch), { gradientCheckpointing });
}

/** The mean square of each sample, [B, C, h, w] → [B]. */
export function meanSquare(x: Tensor): Tensor {
  return mean(square(x), [1, 2, 3]);
}

/** `weightedLoss` of a network over the tensors of `tuningBatch`. */
export function tuningLoss(model: Denoiser, options: TuningLossOptions): LossFunction {
  return (p, batch) =>
    weightedLoss(denoisingErrors(p, model, batch, options.gradientCheckpointing), batch.weights!, options);
}

/** `preferenceLoss` of a network over the tensors of `tuningBatch` with reference errors. */
export function preferenceStep(model: Denoiser, options: PreferenceLossOptions): LossFunction {
  return (p, batch) => {
    const { images, capMargin, gradientCheckpointing } = options;
    const outputs = predict(p, model, batch, gradientCheckpointing);
    const { target } = batch;
    const errors =
      capMargin === undefined ? meanSquare(sub(outputs, target!)) : capLosers(outputs, target!, images, capMargin);
    return preferenceLoss(errors, batch.reference!, batch.weights!, options);
  };
}

/**
 * The tensors of one forward pass: noisy `latents` and `target` [B, C, h, w], `timesteps` and `weights` [B], the conditions
 * [B, …] by name, such as `context`, and for preferences the `reference` errors [B].
 */
export function tuningBatch(
  rows: PassRows,
  latent: readonly number[],
  conditions: Readonly<Record<string, Shape>>,
  preferences = false,
): BatchTypes {
  const size = rows.images + rows.pairs;
  const float = (...shape: number[]): TensorType => ({ dtype: 'float32', shape });
  return {
    latents: float(size, ...latent),
    target: float(size, ...latent),
    timesteps: float(size),
    ...Object.fromEntries(Object.entries(conditions).map(([name, shape]) => [name, float(size, ...shape)])),
    weights: float(size),
    ...(preferences && { reference: float(size) }),
  };
}
