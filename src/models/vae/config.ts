// The fields of an autoencoder's config.json.

import { z } from 'zod';
import { flag, listOf, oneOf, onlyNeutral, parseConfig, real, whole } from '../config.ts';

const schema = z
  .strictObject({
    in_channels: whole(1, 64).default(3),
    out_channels: whole(1, 64).default(3),
    down_block_types: listOf(oneOf('DownEncoderBlock2D')),
    up_block_types: listOf(oneOf('UpDecoderBlock2D')),
    block_out_channels: listOf(whole(1, 8192)),
    layers_per_block: whole(1, 16).default(1),
    act_fn: oneOf('silu', 'swish').default('silu'),
    latent_channels: whole(1, 64).default(4),
    norm_num_groups: whole(1, 1024).default(32),
    sample_size: z.union([whole(1, 16384), listOf(whole(1, 16384), 2)]).optional(),
    scaling_factor: real(0, 100).default(0.18215),
    /** Taken from latents before they are scaled. */
    shift_factor: z.number({ error: 'a number or null' }).nullish(),
    /** Whether 1×1 convolutions stand at both ends of the latents. */
    use_quant_conv: flag().default(true),
    use_post_quant_conv: flag().default(true),
    // About float16, which nothing is computed in here.
    force_upcast: z.union([flag(), z.number()]).nullish(),
    ...onlyNeutral({
      latents_mean: [null],
      latents_std: [null],
      mid_block_add_attention: [true],
    }),
  })
  .superRefine((config, context) => {
    const fail = (path: (string | number)[], message: string, input: unknown) =>
      context.addIssue({ code: 'custom', path, message, input });
    const levels = config.block_out_channels.length;
    for (const name of ['down_block_types', 'up_block_types'] as const)
      if (config[name].length !== levels)
        fail([name], `${levels} entries, one for each of block_out_channels`, config[name]);
    config.block_out_channels.forEach((channels, i) => {
      if (channels % config.norm_num_groups !== 0)
        fail(['block_out_channels', i], `a multiple of norm_num_groups = ${config.norm_num_groups}`, channels);
    });
  });

/** The published fields of an autoencoder, with diffusers' defaults. */
export type VaeConfig = z.infer<typeof schema>;

/**
 * Checks an autoencoder's config.json.
 *
 * @throws CollimateError MODEL_CONFIG
 */
export function parseVaeConfig(value: Record<string, unknown>, file = 'vae/config.json'): VaeConfig {
  return parseConfig(schema, value, file);
}

/** How many pixels one latent stands for along each side, `2^(levels − 1)`. */
export function vaeReduction(config: VaeConfig): number {
  return 2 ** (config.block_out_channels.length - 1);
}

/** How latents of the autoencoder become those of the network: `(z − shift)·factor`. */
export function latentScale(config: VaeConfig): { readonly shift: number; readonly factor: number } {
  return { shift: config.shift_factor ?? 0, factor: config.scaling_factor };
}
