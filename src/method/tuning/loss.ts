// The loss of fine-tuning as a graph: the denoising error of each sample, weighted, and the part of pre-training pairs.

import { abs, add, exp, log, mean, mul, neg, relu, reshape, slice, square, sub } from '../../engine/graph/functions.ts';
import type { Tensor } from '../../engine/graph/tensor.ts';
import { shapeError, type TensorType } from '../../engine/graph/types.ts';
import type { Params } from '../../engine/nn/params.ts';
import type { Batch, BatchTypes, LossFunction } from '../../engine/training/step.ts';
import type { UnetConfig } from '../../models/unet/config.ts';
import { unet } from '../../models/unet/unet.ts';

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
  const reward = mean(softplus(margin)); // −log σ(−m)
  return withPairs(reward, mul(errors, weights), options);
}

/** `log(1 + eˣ)`, without overflow. */
function softplus(x: Tensor): Tensor {
  return add(relu(x), log(add(exp(neg(abs(x))), 1)));
}

/** `mean (target − network(x_t, t, z))²` of each sample of a batch, [B]. */
export function denoisingErrors(p: Params, config: UnetConfig, batch: Batch, gradientCheckpointing = false): Tensor {
  return meanSquare(sub(predict(p, config, batch, gradientCheckpointing), batch.target!));
}

/** `network(x_t, t, z)`, [B, C, h, w]. */
export function predict(p: Params, config: UnetConfig, batch: Batch, gradientCheckpointing = false): Tensor {
  const { latents, timesteps, context } = batch;
  return unet(p, config, latents!, timesteps!, context!, { gradientCheckpointing });
}

/** The mean square of each sample, [B, C, h, w] → [B]. */
export function meanSquare(x: Tensor): Tensor {
  return mean(square(x), [1, 2, 3]);
}

/** `weightedLoss` of a U-Net over the tensors of `tuningBatch`. */
export function tuningLoss(config: UnetConfig, options: TuningLossOptions): LossFunction {
  return (p, batch) =>
    weightedLoss(denoisingErrors(p, config, batch, options.gradientCheckpointing), batch.weights!, options);
}

/** `preferenceLoss` of a U-Net over the tensors of `tuningBatch` with reference errors. */
export function preferenceStep(config: UnetConfig, options: PreferenceLossOptions): LossFunction {
  return (p, batch) => {
    const errors = denoisingErrors(p, config, batch, options.gradientCheckpointing);
    return preferenceLoss(errors, batch.reference!, batch.weights!, options);
  };
}

/**
 * The tensors of one forward pass: noisy `latents` and `target` [B, C, h, w], `timesteps` and `weights` [B], `context` [B, S, D],
 * and for preferences the `reference` errors [B].
 */
export function tuningBatch(
  rows: PassRows,
  latent: readonly number[],
  context: readonly number[],
  preferences = false,
): BatchTypes {
  const size = rows.images + rows.pairs;
  const float = (...shape: number[]): TensorType => ({ dtype: 'float32', shape });
  return {
    latents: float(size, ...latent),
    target: float(size, ...latent),
    timesteps: float(size),
    context: float(size, ...context),
    weights: float(size),
    ...(preferences && { reference: float(size) }),
  };
}
