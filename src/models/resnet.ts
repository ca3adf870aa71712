// The residual block and the resampling layers that the U-Net and the autoencoder share.

import { add, reshape, silu, upsampleNearest2x } from '../engine/graph/functions.ts';
import type { Tensor } from '../engine/graph/tensor.ts';
import { conv2d, groupNorm, linear } from '../engine/nn/layers.ts';
import type { Params } from '../engine/nn/params.ts';

export interface ResnetOptions {
  readonly outputs: number;
  readonly groups: number;
  readonly eps: number;
  /** The activated time embedding [B, E], added after the first convolution; none in the autoencoder. */
  readonly time?: Tensor;
}

/**
 * Two 3×3 convolutions, each after a group norm and SiLU, and a shortcut (He et al., 2016).
 *
 * @param x [B, C, H, W]
 * @returns [B, outputs, H, W]
 */
export function resnet(p: Params, x: Tensor, { outputs, groups, eps, time }: ResnetOptions): Tensor {
  let h = conv2d(p.in('conv1'), silu(groupNorm(p.in('norm1'), x, groups, eps)), outputs, 3, { padding: 1 });
  if (time) h = add(h, reshape(linear(p.in('time_emb_proj'), time, outputs), [-1, outputs, 1, 1]));
  h = conv2d(p.in('conv2'), silu(groupNorm(p.in('norm2'), h, groups, eps)), outputs, 3, { padding: 1 });
  const shortcut = x.shape[1] === outputs ? x : conv2d(p.in('conv_shortcut'), x, outputs, 1);
  return add(shortcut, h);
}

/** Halves height and width by a 3×3 convolution of stride 2. With `padding` 0 one zero is added below and to the right. */
export function downsample(p: Params, x: Tensor, padding: number): Tensor {
  const sides = padding === 0 ? ([0, 0, 1, 1] as const) : padding;
  return conv2d(p.in('conv'), x, x.shape[1]!, 3, { stride: 2, padding: sides });
}

/** Doubles height and width by repeating pixels, then a 3×3 convolution. */
export function upsample(p: Params, x: Tensor): Tensor {
  return conv2d(p.in('conv'), upsampleNearest2x(x), x.shape[1]!, 3, { padding: 1 });
}
