// CLIP whole: how alike images and texts are, and the loss that teaches it.

import {
  add,
  constant,
  div,
  exp,
  logSumExp,
  matmul,
  mean,
  mul,
  sqrt,
  square,
  sub,
  sum,
  transpose,
} from '../../engine/graph/functions.ts';
import type { Tensor } from '../../engine/graph/tensor.ts';
import type { Params } from '../../engine/nn/params.ts';
import type { ClipConfig } from './config.ts';
import { clipTextEmbed, clipTextHidden } from './text.ts';
import { clipImageEmbed } from './vision.ts';

export interface ClipOutputs {
  /** [B, T, C] */
  readonly textHidden: Tensor;
  /** [B, E], not normalised */
  readonly textEmbeds: Tensor;
  /** [I, E], not normalised */
  readonly imageEmbeds: Tensor;
  /** [I, B] */
  readonly logitsPerImage: Tensor;
}

/**
 * Both towers and their similarities `exp(s) · î t̂ᵀ` (Radford et al., 2021, figure 3).
 *
 * @param ids whole numbers [B, T]
 * @param pixels [I, 3, image_size, image_size]
 */
export function clip(p: Params, config: ClipConfig, ids: Tensor, pixels: Tensor): ClipOutputs {
  const text = { ...config.text, projection_dim: config.projectionDim };
  const vision = { ...config.vision, projection_dim: config.projectionDim };
  const textHidden = clipTextHidden(p, text, ids);
  const textEmbeds = clipTextEmbed(p, text, ids, textHidden);
  const imageEmbeds = clipImageEmbed(p, vision, pixels);
  const scale = p.get('logit_scale', [], { constant: config.logitScale });
  return { textHidden, textEmbeds, imageEmbeds, logitsPerImage: similarities(imageEmbeds, textEmbeds, scale) };
}

/** `x / ‖x‖` over the last axis. */
export function normalize(x: Tensor): Tensor {
  return div(x, sqrt(sum(square(x), [-1], true)));
}

/** `exp(s) · î t̂ᵀ` [I, B] of embeddings [I, E] and [B, E]. */
export function similarities(images: Tensor, texts: Tensor, logitScale: Tensor): Tensor {
  return mul(matmul(normalize(images), normalize(texts), { transB: true }), exp(logitScale));
}

/**
 * Symmetric cross entropy: image i belongs to text i, and text i to image i (Radford et al., 2021, figure 3).
 *
 * @param logits [B, B], as `logitsPerImage`
 * @returns a scalar
 */
export function contrastiveLoss(logits: Tensor): Tensor {
  const size = logits.shape[0]!;
  const identity = new Float32Array(size * size);
  for (let i = 0; i < size; i++) identity[i * size + i] = 1;
  const matching = sum(mul(logits, constant(identity, [size, size])), [1]); // [B]
  const byImage = sub(logSumExp(logits), matching);
  const byText = sub(logSumExp(transpose(logits, [1, 0])), matching);
  return mul(mean(add(byImage, byText)), 0.5);
}
