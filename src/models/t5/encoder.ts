// The encoder of T5 1.1 by Hugging Face's key names: relative positions as a bias of the first layer's scores that all
// layers share, scores that are not scaled, and a gated GELU.

import { add, attention, constant, gather, mul, reshape, transpose } from '../../engine/graph/functions.ts';
import type { Tensor } from '../../engine/graph/tensor.ts';
import { embedding, linear } from '../../engine/nn/layers.ts';
import type { Params } from '../../engine/nn/params.ts';
import { geluTanh } from '../activations.ts';
import { rmsNorm } from '../rms-norm.ts';
import type { T5Config } from './config.ts';

/**
 * The hidden states of a text after the final norm (Raffel et al., 2020, section 2.1).
 *
 * @param ids whole numbers [B, T]; padding is attended to like any token, as Stable Diffusion 3 does
 * @returns [B, T, d_model]
 */
export function t5Hidden(p: Params, config: T5Config, ids: Tensor): Tensor {
  const { d_model: channels, vocab_size: rows, layer_norm_epsilon: eps } = config;
  const encoder = p.in('encoder');
  let x = embedding(p.in('shared'), ids, rows, channels);
  const bias = positionBias(encoder.in('block.0.layer.0.SelfAttention.relative_attention_bias'), config, ids.shape[1]!);
  for (let i = 0; i < config.num_layers; i++) {
    const block = encoder.in('block').in(i);
    const attended = rmsNorm(block.in('layer.0.layer_norm'), x, eps);
    x = add(x, selfAttention(block.in('layer.0.SelfAttention'), config, attended, bias));
    x = add(
      x,
      feedForward(block.in('layer.1.DenseReluDense'), config, rmsNorm(block.in('layer.1.layer_norm'), x, eps)),
    );
  }
  return rmsNorm(encoder.in('final_layer_norm'), x, eps);
}

/** `softmax(q kᵀ + bias) v`: unlike elsewhere the scores are not divided by √d. */
function selfAttention(p: Params, { d_model, d_kv, num_heads: heads }: T5Config, x: Tensor, bias: Tensor): Tensor {
  const [batch] = x.shape as [number];
  const project = (name: string) =>
    reshape(linear(p.in(name), x, heads * d_kv, { bias: false, to: 'channels' }), [batch, heads, d_kv, -1]);
  const o = attention(project('q'), project('k'), project('v'), 1, bias);
  return linear(p.in('o'), reshape(o, [batch, heads * d_kv, -1]), d_model, { bias: false, from: 'channels' });
}

function feedForward(p: Params, { d_model, d_ff }: T5Config, x: Tensor): Tensor {
  const gate = geluTanh(linear(p.in('wi_0'), x, d_ff, { bias: false }));
  return linear(p.in('wo'), mul(gate, linear(p.in('wi_1'), x, d_ff, { bias: false })), d_model, { bias: false });
}

/** A number for each head and distance of two tokens, [1, h, T, T]. */
function positionBias(p: Params, config: T5Config, tokens: number): Tensor {
  const { num_heads: heads, relative_attention_num_buckets: buckets } = config;
  const ids = Int32Array.from({ length: tokens * tokens }, (_, i) =>
    bucketOf((i % tokens) - Math.floor(i / tokens), config),
  );
  const table = p.get('weight', [buckets, heads], { normal: 0.02 });
  const rows = gather(table, constant(ids, [tokens, tokens], 'int32')); // [T, T, h]
  return reshape(transpose(rows, [2, 0, 1]), [1, heads, tokens, tokens]);
}

/**
 * The bucket of a distance `key − query`: half of them for keys behind, near distances one each, far ones by logarithm up to
 * `relative_attention_max_distance`.
 */
function bucketOf(
  distance: number,
  {
    relative_attention_num_buckets: buckets,
    relative_attention_max_distance: most,
  }: Pick<T5Config, 'relative_attention_num_buckets' | 'relative_attention_max_distance'>,
): number {
  const half = Math.floor(buckets / 2);
  const exact = Math.floor(half / 2);
  const far = Math.abs(distance);
  const start = distance > 0 ? half : 0;
  if (far < exact) return start + far;
  const share = Math.fround(Math.log(far / exact)) / Math.log(most / exact);
  return start + Math.min(half - 1, exact + Math.floor(Math.fround(share * (half - exact))));
}
