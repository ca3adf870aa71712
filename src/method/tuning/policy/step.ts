// The training step of a policy gradient over a network: guided outputs, so that what is learned is what is drawn.

import { add, concat, mean, mul, slice, square, sub } from '../../../engine/graph/functions.ts';
import type { Tensor } from '../../../engine/graph/tensor.ts';
import type { Shape, TensorType } from '../../../engine/graph/types.ts';
import type { BatchTypes, LossFunction } from '../../../engine/training/step.ts';
import { type Denoiser, type PassRows, pickConditions, tuningBatch } from '../loss.ts';
import { meanSquares, type PolicyLossOptions, policyLoss } from './loss.ts';

export interface PolicyStepOptions extends PassRows, PolicyLossOptions {
  /** s of classifier-free guidance; 1 or less is without. */
  readonly guidance: number;
  /** β, the weight of the loss on pre-training pairs. */
  readonly beta: number;
  readonly gradientCheckpointing?: boolean;
}

/**
 * `tuningBatch` with, for the rows of images alone, `kappa` and `before` [n], `none.<condition>` [n, …] where there is guidance,
 * and `anchor` [n, C, h, w] where the base model's outputs hold the tuned one. `weights` are advantages for images.
 */
export function policyBatch(
  options: PolicyStepOptions,
  latent: readonly number[],
  conditions: Readonly<Record<string, Shape>>,
): BatchTypes {
  const { images, guidance, klWeight } = options;
  const float = (...shape: number[]): TensorType => ({ dtype: 'float32', shape });
  return {
    ...tuningBatch(options, latent, conditions),
    kappa: float(images),
    before: float(images),
    ...(guidance > 1 &&
      Object.fromEntries(Object.entries(conditions).map(([name, shape]) => [noneOf(name), float(images, ...shape)]))),
    ...(klWeight > 0 && { anchor: float(images, ...latent) }),
  };
}

/** The name of a condition's values where there is no prompt. */
export function noneOf(condition: string): string {
  return `none.${condition}`;
}

/** `policyLoss` of the images plus `β·mean (target − o)²` of the pairs. */
export function policyStep(model: Denoiser, options: PolicyStepOptions): LossFunction {
  const { images, pairs, guidance, beta, gradientCheckpointing = false } = options;
  return (p, batch) => {
    const { latents, target, timesteps, weights, kappa, before, anchor } = batch;
    const isGuided = guidance > 1;
    const first = (tensor: Tensor) => slice(tensor, 0, 0, images);
    const twice = (tensor: Tensor, again: Tensor) => (isGuided ? concat([tensor, again], 0) : tensor);
    const conditions = Object.entries(pickConditions(model, batch)).map(([name, tensor]) => [
      name,
      isGuided ? concat([tensor, batch[noneOf(name)]!], 0) : tensor,
    ]);
    const outputs = model.denoise(
      p,
      twice(latents!, first(latents!)),
      twice(timesteps!, first(timesteps!)),
      Object.fromEntries(conditions),
      { gradientCheckpointing },
    );
    const rows = images + pairs;
    const guided = isGuided
      ? add(mul(first(outputs), guidance), mul(slice(outputs, 0, rows, rows + images), 1 - guidance))
      : first(outputs);
    const { loss, metrics } = policyLoss(
      {
        errors: meanSquares(guided, target!, images),
        kappa: kappa!,
        before: before!,
        advantages: first(weights!),
        drift: anchor && meanSquares(guided, anchor, images),
      },
      options,
    );
    if (pairs === 0) return { loss, metrics };
    const ofPairs = (tensor: Tensor) => slice(tensor, 0, images, rows);
    const pretrain = mean(square(sub(ofPairs(outputs), ofPairs(target!))));
    return { loss: add(loss, mul(pretrain, beta)), metrics: { ...metrics, pretrain_loss: pretrain } };
  };
}
