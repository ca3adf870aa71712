// The training step of a policy gradient over a U-Net: guided outputs, so that what is learned is what is drawn.

import { add, concat, mean, mul, slice, square, sub } from '../../../engine/graph/functions.ts';
import type { Tensor } from '../../../engine/graph/tensor.ts';
import type { TensorType } from '../../../engine/graph/types.ts';
import type { BatchTypes, LossFunction } from '../../../engine/training/step.ts';
import type { UnetConfig } from '../../../models/unet/config.ts';
import { unet } from '../../../models/unet/unet.ts';
import { type PassRows, tuningBatch } from '../loss.ts';
import { meanSquares, type PolicyLossOptions, policyLoss } from './loss.ts';

export interface PolicyStepOptions extends PassRows, PolicyLossOptions {
  /** s of classifier-free guidance; 1 or less is without. */
  readonly guidance: number;
  /** β, the weight of the loss on pre-training pairs. */
  readonly beta: number;
  readonly gradientCheckpointing?: boolean;
}

/**
 * `tuningBatch` with, for the rows of images alone, `kappa` and `before` [n], `unconditional` [n, S, D] where there is guidance,
 * and `anchor` [n, C, h, w] where the base model's outputs hold the tuned one. `weights` are advantages for images.
 */
export function policyBatch(
  options: PolicyStepOptions,
  latent: readonly number[],
  context: readonly number[],
): BatchTypes {
  const { images, guidance, klWeight } = options;
  const float = (...shape: number[]): TensorType => ({ dtype: 'float32', shape });
  return {
    ...tuningBatch(options, latent, context),
    kappa: float(images),
    before: float(images),
    ...(guidance > 1 && { unconditional: float(images, ...context) }),
    ...(klWeight > 0 && { anchor: float(images, ...latent) }),
  };
}

/** `policyLoss` of the images plus `β·mean (target − o)²` of the pairs. */
export function policyStep(config: UnetConfig, options: PolicyStepOptions): LossFunction {
  const { images, pairs, guidance, beta, gradientCheckpointing = false } = options;
  return (p, { latents, target, timesteps, context, weights, kappa, before, unconditional, anchor }) => {
    const first = (tensor: Tensor) => slice(tensor, 0, 0, images);
    const twice = (tensor: Tensor, again: Tensor) => (unconditional ? concat([tensor, again], 0) : tensor);
    const outputs = unet(
      p,
      config,
      twice(latents!, first(latents!)),
      twice(timesteps!, first(timesteps!)),
      unconditional ? concat([context!, unconditional], 0) : context!,
      { gradientCheckpointing },
    );
    const rows = images + pairs;
    const guided = unconditional
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
