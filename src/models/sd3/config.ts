// The fields of the config.json of a Stable Diffusion 3 transformer.

import { z } from 'zod';
import { oneOf, onlyNeutral, parseConfig, whole } from '../config.ts';

const schema = z
  .strictObject({
    sample_size: whole(1, 4096).default(128),
    patch_size: whole(1, 16).default(2),
    in_channels: whole(1, 256).default(16),
    out_channels: whole(1, 256).default(16),
    num_layers: whole(1, 128).default(18),
    attention_head_dim: whole(1, 1024).default(64),
    num_attention_heads: whole(1, 256).default(18),
    joint_attention_dim: whole(1, 65536).default(4096),
    caption_projection_dim: whole(1, 65536).default(1152),
    pooled_projection_dim: whole(1, 65536).default(2048),
    /** Patches along each side of the table of positions, of which the middle is used. */
    pos_embed_max_size: whole(1, 4096).default(96),
    /** Blocks whose image tokens attend to themselves alone once more. */
    dual_attention_layers: z.array(whole(0, 127), { error: 'a list of block numbers' }).default([]),
    qk_norm: oneOf('rms_norm').nullish(),
    ...onlyNeutral({ force_inference_output: [false, null] }),
  })
  .superRefine((config, context) => {
    const width = config.num_attention_heads * config.attention_head_dim;
    if (config.caption_projection_dim !== width)
      context.addIssue({
        code: 'custom',
        path: ['caption_projection_dim'],
        message: `num_attention_heads · attention_head_dim = ${width}`,
        input: config.caption_projection_dim,
      });
  });

/** The published fields of a Stable Diffusion 3 transformer. */
export type Sd3Config = z.infer<typeof schema>;

/**
 * Checks the config.json of a Stable Diffusion 3 transformer.
 *
 * @throws CollimateError MODEL_CONFIG
 */
export function parseSd3Config(value: Record<string, unknown>, file = 'transformer/config.json'): Sd3Config {
  return parseConfig(schema, value, file);
}

/** The width of a token. */
export function tokenWidth({ num_attention_heads: heads, attention_head_dim: width }: Sd3Config): number {
  return heads * width;
}
