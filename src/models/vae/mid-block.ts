// The middle of the encoder and of the decoder: a residual block, attention over all positions, a residual block.

import { add, reshape } from '../../engine/graph/functions.ts';
import type { Tensor } from '../../engine/graph/tensor.ts';
import { DIFFUSERS_ATTENTION, multiHeadAttention } from '../../engine/nn/attention.ts';
import { groupNorm } from '../../engine/nn/layers.ts';
import type { Params } from '../../engine/nn/params.ts';
import { resnet } from '../resnet.ts';
import type { VaeConfig } from './config.ts';

/** The autoencoder's norms all use this, whatever the config says elsewhere. */
export const VAE_EPS = 1e-6;

/** `x` and the result are [B, C, H, W]. */
export function vaeMidBlock(p: Params, config: VaeConfig, x: Tensor): Tensor {
  const options = { outputs: x.shape[1]!, groups: config.norm_num_groups, eps: VAE_EPS };
  const h = attentionBlock(p.in('attentions.0'), config, resnet(p.in('resnets.0'), x, options));
  return resnet(p.in('resnets.1'), h, options);
}

/** One head over all H·W positions, with a shortcut. */
function attentionBlock(p: Params, config: VaeConfig, x: Tensor): Tensor {
  const [batch, channels] = x.shape as [number, number];
  const normed = groupNorm(p.in('group_norm'), x, config.norm_num_groups, VAE_EPS);
  const pixels = reshape(normed, [batch, channels, -1]); // [B, C, HW]
  const options = { heads: 1, names: DIFFUSERS_ATTENTION, bias: true, layout: 'channels' } as const;
  return add(reshape(multiHeadAttention(p, pixels, pixels, options), x.shape), x);
}
