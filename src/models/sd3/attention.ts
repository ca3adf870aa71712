// Attention of image and text tokens to one another, each with projections of their own (Esser et al., 2024, "Scaling
// rectified flow transformers for high-resolution image synthesis", section 4).

import { attention, concat, reshape, slice } from '../../engine/graph/functions.ts';
import type { Tensor } from '../../engine/graph/tensor.ts';
import { linear } from '../../engine/nn/layers.ts';
import type { Params } from '../../engine/nn/params.ts';
import { rmsNorm } from '../rms-norm.ts';
import { type Sd3Config, tokenWidth } from './config.ts';

const EPS = 1e-6;

/** Names of the projections to queries, keys and values, and of the norms of the first two. */
interface Names {
  readonly projections: readonly [string, string, string];
  readonly norms: readonly [string, string];
}

const IMAGE: Names = { projections: ['to_q', 'to_k', 'to_v'], norms: ['norm_q', 'norm_k'] };
const TEXT: Names = {
  projections: ['add_q_proj', 'add_k_proj', 'add_v_proj'],
  norms: ['norm_added_q', 'norm_added_k'],
};

type Heads = readonly [q: Tensor, k: Tensor, v: Tensor];

/** Queries, keys and values [B, h, d, T] of tokens [B, T, C]. */
function project(p: Params, config: Sd3Config, x: Tensor, { projections, norms }: Names): Heads {
  const { num_attention_heads: heads, attention_head_dim: width, qk_norm: norm } = config;
  const [q, k, v] = projections.map((name) =>
    reshape(linear(p.in(name), x, heads * width, { to: 'channels' }), [x.shape[0]!, heads, width, -1]),
  ) as [Tensor, Tensor, Tensor];
  if (norm == null) return [q, k, v];
  return [rmsNorm(p.in(norms[0]), q, EPS, -2), rmsNorm(p.in(norms[1]), k, EPS, -2), v];
}

/** [B, h, d, T] of each head to [B, C, T]. */
function attend(config: Sd3Config, [q, k, v]: Heads): Tensor {
  const o = attention(q, k, v, 1 / Math.sqrt(config.attention_head_dim));
  return reshape(o, [q.shape[0]!, tokenWidth(config), -1]);
}

/** Attention of image tokens to themselves, [B, N, C]. */
export function selfAttention(p: Params, config: Sd3Config, x: Tensor): Tensor {
  const o = attend(config, project(p, config, x, IMAGE));
  return linear(p.in('to_out.0'), o, tokenWidth(config), { from: 'channels' });
}

/**
 * Attention over image tokens and, after them, text tokens.
 *
 * @param isLast whether the text's answer is not needed: it then has no output projection
 */
export function jointAttention(
  p: Params,
  config: Sd3Config,
  x: Tensor,
  text: Tensor,
  isLast: boolean,
): { x: Tensor; text: Tensor | undefined } {
  const width = tokenWidth(config);
  const image = project(p, config, x, IMAGE);
  const words = project(p, config, text, TEXT);
  const joined = image.map((part, i) => concat([part, words[i]!], 3)) as unknown as Heads;
  const o = attend(config, joined); // [B, C, N + S]
  const [tokens, all] = [x.shape[1]!, o.shape[2]!];
  return {
    x: linear(p.in('to_out.0'), slice(o, 2, 0, tokens), width, { from: 'channels' }),
    text: isLast ? undefined : linear(p.in('to_add_out'), slice(o, 2, tokens, all), width, { from: 'channels' }),
  };
}
