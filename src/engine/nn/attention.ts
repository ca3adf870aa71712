// Multi-head attention without a transpose: queries, keys and values are made with their channels before their tokens,
// so that splitting the heads is a free reshape, and the output projection brings the tokens to the front again.

import { attention, reshape } from '../graph/functions.ts';
import type { Tensor } from '../graph/tensor.ts';
import { type Layout, linear } from './layers.ts';
import type { Params } from './params.ts';

/** What a family of models calls the four projections. */
export interface AttentionNames {
  readonly q: string;
  readonly k: string;
  readonly v: string;
  readonly out: string;
}

export const DIFFUSERS_ATTENTION: AttentionNames = { q: 'to_q', k: 'to_k', v: 'to_v', out: 'to_out.0' };
export const CLIP_ATTENTION: AttentionNames = { q: 'q_proj', k: 'k_proj', v: 'v_proj', out: 'out_proj' };

export interface AttentionOptions {
  readonly heads: number;
  readonly names: AttentionNames;
  /** Whether queries, keys and values have a bias; the output always has one. */
  readonly bias: boolean;
  /** How `x`, `context` and the result lie; default `tokens`. */
  readonly layout?: Layout;
  /** Added to the scores [B, h, T, S]; broadcasts. */
  readonly mask?: Tensor;
}

/**
 * `softmax(q kᵀ / √d) v` in each of `h` heads of width `d = C/h` (Vaswani et al., 2017, section 3.2).
 *
 * @param x [B, T, C], the queries
 * @param context [B, S, D], the keys and values; `x` itself for self-attention
 * @returns [B, T, C]
 */
export function multiHeadAttention(p: Params, x: Tensor, context: Tensor, options: AttentionOptions): Tensor {
  const { heads, names, bias, layout = 'tokens', mask } = options;
  const [batch, channels] = [x.shape[0]!, x.shape[layout === 'tokens' ? 2 : 1]!];
  const width = channels / heads;
  const project = (name: string, source: Tensor) =>
    reshape(linear(p.in(name), source, channels, { bias, from: layout, to: 'channels' }), [batch, heads, width, -1]);
  const q = project(names.q, x); // [B, h, d, T]
  const k = project(names.k, context); // [B, h, d, S]
  const v = project(names.v, context); // [B, h, d, S]
  const o = attention(q, k, v, 1 / Math.sqrt(width), mask); // [B, h, d, T]
  return linear(p.in(names.out), reshape(o, [batch, channels, -1]), channels, { from: 'channels', to: layout });
}
