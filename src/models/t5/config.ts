// The fields of a T5 encoder's config.json.

import { z } from 'zod';
import { CollimateError } from '../../util/errors.ts';
import { oneOf, parseConfig, real, whole } from '../config.ts';

const schema = z.object({
  d_model: whole(1, 65536).default(512),
  d_kv: whole(1, 4096).default(64),
  d_ff: whole(1, 262144).default(2048),
  num_layers: whole(1, 256).default(6),
  num_heads: whole(1, 256).default(8),
  vocab_size: whole(1, 2 ** 24).default(32128),
  relative_attention_num_buckets: whole(2, 4096).default(32),
  relative_attention_max_distance: whole(2, 65536).default(128),
  layer_norm_epsilon: real(0, 1).default(1e-6),
  feed_forward_proj: oneOf('gated-gelu').default('gated-gelu'),
  eos_token_id: whole(0, 2 ** 24).default(1),
  pad_token_id: whole(0, 2 ** 24).default(0),
});

/** The published fields of a T5 encoder. */
export type T5Config = z.infer<typeof schema>;

/**
 * Checks the config.json of a T5 encoder (version 1.1, whose feed-forward layers are gated).
 *
 * @throws CollimateError MODEL_CONFIG
 */
export function parseT5Config(value: Record<string, unknown>, file = 'text_encoder_3/config.json'): T5Config {
  const { model_type: type } = value;
  if (type !== undefined && type !== 't5')
    throw new CollimateError(
      'MODEL_CONFIG',
      `${file}: model_type: expected t5, got ${JSON.stringify(type)}`,
      'Use the T5 encoder that the model was published with.',
    );
  return parseConfig(schema, value, file);
}
