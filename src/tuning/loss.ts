// The loss of fine-tuning as a graph: the denoising error of each sample, weighted, and the part of pre-training pairs.

import { add, mean, mul, slice, square, sub } from '../graph/functions.ts';
import type { Tensor } from '../graph/tensor.ts';
import { shapeError, type TensorType } from '../graph/types.ts';
import type { UnetConfig } from '../models/unet/config.ts';
import { unet } from '../models/unet/unet.ts';
import type { BatchTypes, LossFunction } from '../training/step.ts';

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
  const reward = mean(slice(weighted, 0, 0, images));
  if (pairs === 0) return { loss: reward, metrics: { reward_loss: reward } };
  const pretrain = mean(slice(weighted, 0, images, images + pairs));
  return { loss: add(reward, mul(pretrain, beta)), metrics: { reward_loss: reward, pretrain_loss: pretrain } };
}

/** The loss of a U-Net over the tensors of `tuningBatch`. */
export function tuningLoss(config: UnetConfig, options: TuningLossOptions): LossFunction {
  const { gradientCheckpointing = false } = options;
  return (p, { latents, timesteps, context, target, weights }) => {
    const predicted = unet(p, config, latents!, timesteps!, context!, { gradientCheckpointing });
    return weightedLoss(mean(square(sub(predicted, target!)), [1, 2, 3]), weights!, options);
  };
}

/**
 * The tensors of one forward pass: noisy `latents` and `target` [B, C, h, w], `timesteps` and `weights` [B], `context` [B, S, D].
 */
export function tuningBatch(rows: PassRows, latent: readonly number[], context: readonly number[]): BatchTypes {
  const size = rows.images + rows.pairs;
  const float = (...shape: number[]): TensorType => ({ dtype: 'float32', shape });
  return {
    latents: float(size, ...latent),
    target: float(size, ...latent),
    timesteps: float(size),
    context: float(size, ...context),
    weights: float(size),
  };
}
