// The transformer inside a U-Net block: pixels become tokens, attend to one another and to the text, and become pixels.

import { add, gelu, matmul, mul, reshape, split } from '../../engine/graph/functions.ts';
import type { Tensor } from '../../engine/graph/tensor.ts';
import { DIFFUSERS_ATTENTION, multiHeadAttention } from '../../engine/nn/attention.ts';
import { groupNorm, layerNorm, linear } from '../../engine/nn/layers.ts';
import type { Params } from '../../engine/nn/params.ts';
import type { UnetConfig } from './config.ts';

/**
 * Spatial transformer (Rombach et al., 2022, appendix E.2.1).
 *
 * @param x [B, C, H, W]
 * @param context [B, S, D]
 * @returns [B, C, H, W]
 */
export function spatialTransformer(
  p: Params,
  config: UnetConfig,
  x: Tensor,
  context: Tensor,
  { heads, layers }: { readonly heads: number; readonly layers: number },
): Tensor {
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  const conv = !config.use_linear_projection;
  const pixels = reshape(groupNorm(p.in('norm'), x, config.norm_num_groups, 1e-6), [batch, channels, height * width]);
  let tokens = linear(p.in('proj_in'), pixels, channels, { from: 'channels', conv }); // [B, HW, C]
  for (let i = 0; i < layers; i++) tokens = transformerBlock(p.in('transformer_blocks').in(i), tokens, context, heads);
  const y = linear(p.in('proj_out'), tokens, channels, { to: 'channels', conv }); // [B, C, HW]
  return add(reshape(y, x.shape), x);
}

/** Self-attention, attention to the context [B, S, D], feed-forward; `x` and the result are [B, T, C]. */
function transformerBlock(p: Params, x: Tensor, context: Tensor, heads: number): Tensor {
  const options = { heads, names: DIFFUSERS_ATTENTION, bias: false };
  const self = layerNorm(p.in('norm1'), x);
  let y = add(x, multiHeadAttention(p.in('attn1'), self, self, options));
  y = add(y, multiHeadAttention(p.in('attn2'), layerNorm(p.in('norm2'), y), context, options));
  return add(y, feedForward(p.in('ff'), layerNorm(p.in('norm3'), y)));
}

/**
 * `W₂ (h ⊙ GELU(g)) + b₂` with `[h, g] = W x + b` (Shazeer, 2020).
 *
 * The weight is halved rather than the activations, which are far larger.
 */
function feedForward(p: Params, x: Tensor): Tensor {
  const channels = x.shape[2]!;
  const inner = 4 * channels;
  const init = { uniform: 1 / Math.sqrt(channels) };
  const proj = p.in('net.0.proj');
  const weights = split(proj.get('weight', [2 * inner, channels], init), [inner, inner], 0);
  const biases = split(proj.get('bias', [2 * inner], init), [inner, inner], 0);
  const half = (i: number) => add(matmul(x, weights[i]!, { transB: true }), biases[i]!); // [B, T, 4C]
  return linear(p.in('net.2'), mul(half(0), gelu(half(1))), channels);
}
