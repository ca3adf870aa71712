// CLIP's text tower, by the key names of Hugging Face: `text_model.…` and `text_projection.weight`.

import { add, cast, constant, equal, matmul, max, mul, reshape, slice, sub } from '../../engine/graph/functions.ts';
import type { Tensor } from '../../engine/graph/tensor.ts';
import { formatType } from '../../engine/graph/types.ts';
import { embedding, layerNorm, linear } from '../../engine/nn/layers.ts';
import type { Params } from '../../engine/nn/params.ts';
import { CollimateError } from '../../util/errors.ts';
import type { ClipTextConfig } from './config.ts';
import { clipEncoderLayers, type EncoderOptions } from './encoder.ts';

/** Far below any score, yet finite. */
const NEVER = -1e9;
const EMBEDDING_STD = 0.02;

/**
 * The hidden states of the last layer after its norm, which condition the U-Net (Radford et al., 2021, section 2.4).
 *
 * @param ids whole numbers [B, T], T up to `max_position_embeddings`
 * @returns [B, T, hidden_size]
 * @throws CollimateError SHAPE where there are more tokens than positions.
 */
export function clipTextHidden(p: Params, config: ClipTextConfig, ids: Tensor, options?: EncoderOptions): Tensor {
  return finalNorm(p, config, clipTextLayers(p, config, ids, options).at(-1)!);
}

/** A text as Stable Diffusion XL and 3 see it. */
export interface ClipTextStates {
  /** The states before the last layer, without the final norm, [B, T, hidden_size]. */
  readonly penultimate: Tensor;
  /** As `clipTextHidden`, [B, T, hidden_size]. */
  readonly hidden: Tensor;
}

/** `penultimate` alone: the last layer is not asked for. */
export function clipTextPenultimate(p: Params, config: ClipTextConfig, ids: Tensor, options?: EncoderOptions): Tensor {
  const shorter = { ...config, num_hidden_layers: config.num_hidden_layers - 1 };
  return clipTextLayers(p, shorter, ids, options).at(-1)!;
}

/** Both states of one pass, by the parameters and conditions of `clipTextHidden`. */
export function clipTextStates(
  p: Params,
  config: ClipTextConfig,
  ids: Tensor,
  options?: EncoderOptions,
): ClipTextStates {
  const layers = clipTextLayers(p, config, ids, options);
  return { penultimate: layers.at(-2)!, hidden: finalNorm(p, config, layers.at(-1)!) };
}

function finalNorm(p: Params, config: ClipTextConfig, x: Tensor): Tensor {
  return layerNorm(p.in('text_model.final_layer_norm'), x, config.layer_norm_eps);
}

/** The embedded tokens and the output of each layer, [B, T, C] each. */
function clipTextLayers(p: Params, config: ClipTextConfig, ids: Tensor, options?: EncoderOptions): Tensor[] {
  const { hidden_size: channels, max_position_embeddings: positions, vocab_size: vocabulary } = config;
  const tokens = ids.shape[1]!;
  if (ids.shape.length !== 2 || tokens > positions)
    throw new CollimateError(
      'SHAPE',
      `clip text: expected ids [B, T] with T up to ${positions}, got ${formatType(ids)}`,
      'Cut the prompt to the length of the model.',
    );
  const model = p.in('text_model');
  const embeddings = model.in('embeddings');
  const table = embeddings.in('position_embedding').get('weight', [positions, channels], { normal: EMBEDDING_STD / 2 });
  const position = tokens < positions ? slice(table, 0, 0, tokens) : table; // [T, C]
  const token = embedding(embeddings.in('token_embedding'), ids, vocabulary, channels, EMBEDDING_STD);
  return clipEncoderLayers(model.in('encoder'), config, add(token, position), { ...options, mask: causalMask(tokens) });
}

/**
 * The projected text, not normalised: the hidden state at the end token times `text_projection`.
 *
 * @param ids whole numbers [B, T]
 * @param hidden the result of `clipTextHidden` [B, T, C]
 * @returns [B, projection_dim]
 */
export function clipTextEmbed(p: Params, config: ClipTextConfig, ids: Tensor, hidden: Tensor): Tensor {
  const pooled = poolAtEnd(config, ids, hidden);
  return linear(p.in('text_projection'), pooled, config.projection_dim, { bias: false });
}

/**
 * The hidden state [B, C] at the end token: the first `eos_token_id`, or, where that is 2 as in files from before its
 * meaning was mended, the first of the largest ids.
 */
export function poolAtEnd(config: ClipTextConfig, ids: Tensor, hidden: Tensor): Tensor {
  const [batch, tokens, channels] = hidden.shape as [number, number, number];
  const values = cast(ids, 'float32');
  const end = config.eos_token_id === 2 ? max(values, [1], true) : config.eos_token_id;
  const isEnd = cast(equal(values, end), 'float32'); // [B, T]
  const order = constant(
    Float32Array.from({ length: tokens }, (_, i) => i),
    [1, tokens],
  );
  const rank = sub(mul(isEnd, tokens), order); // highest at the first end token; at token 0 where there is none
  const oneHot = cast(equal(rank, max(rank, [1], true)), 'float32');
  const pooled = matmul(reshape(oneHot, [batch, 1, tokens]), hidden); // [B, 1, C]
  return reshape(pooled, [batch, channels]);
}

/** No token sees a later one: [1, 1, T, T]. */
function causalMask(tokens: number): Tensor {
  const mask = new Float32Array(tokens * tokens);
  for (let row = 0; row < tokens; row++) mask.fill(NEVER, row * tokens + row + 1, (row + 1) * tokens);
  return constant(mask, [1, 1, tokens, tokens]);
}
