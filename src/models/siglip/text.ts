// SigLIP's text tower, by the key names of Hugging Face: no causal mask, padding attended to like any token, and the last
// place is the text.

import { add, reshape, slice } from '../../engine/graph/functions.ts';
import type { Tensor } from '../../engine/graph/tensor.ts';
import { formatType } from '../../engine/graph/types.ts';
import { embedding, layerNorm, linear } from '../../engine/nn/layers.ts';
import type { Params } from '../../engine/nn/params.ts';
import { CollimateError } from '../../util/errors.ts';
import { clipEncoder } from '../clip/encoder.ts';
import type { SiglipTextConfig } from './config.ts';

const EMBEDDING_STD = 0.02;

/**
 * The projected text, not normalised (Zhai et al., 2023).
 *
 * @param ids whole numbers [B, T], T up to `max_position_embeddings`
 * @returns [B, projection_size]
 * @throws CollimateError SHAPE where there are more tokens than positions.
 */
export function siglipTextEmbed(p: Params, config: SiglipTextConfig, ids: Tensor): Tensor {
  const { hidden_size: channels, max_position_embeddings: positions, vocab_size: rows, layer_norm_eps: eps } = config;
  const tokens = ids.shape[1]!;
  if (ids.shape.length !== 2 || tokens > positions)
    throw new CollimateError(
      'SHAPE',
      `siglip text: expected ids [B, T] with T up to ${positions}, got ${formatType(ids)}`,
      'Cut the prompt to the length of the model.',
    );
  const model = p.in('text_model');
  const embeddings = model.in('embeddings');
  const table = embeddings.in('position_embedding').get('weight', [positions, channels], { normal: EMBEDDING_STD });
  const token = embedding(embeddings.in('token_embedding'), ids, rows, channels, EMBEDDING_STD);
  const x = add(token, tokens < positions ? slice(table, 0, 0, tokens) : table);
  const hidden = layerNorm(model.in('final_layer_norm'), clipEncoder(model.in('encoder'), config, x), eps);
  const last = reshape(slice(hidden, 1, tokens - 1, tokens), [-1, channels]); // [B, C]
  return linear(model.in('head'), last, config.projection_size ?? channels);
}
