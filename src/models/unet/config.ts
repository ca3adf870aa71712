// The fields of a U-Net's config.json. `attention_head_dim` is the number of heads, as in the published 1.x and 2.x files.

import { z } from 'zod';
import { CollimateError } from '../../util/errors.ts';
import { flag, listOf, oneOf, onlyNeutral, parseConfig, real, whole } from '../config.ts';

const heads = whole(1, 256);

const schema = z
  .strictObject({
    sample_size: z.union([whole(1, 4096), listOf(whole(1, 4096), 2)]).optional(),
    in_channels: whole(1, 64).default(4),
    out_channels: whole(1, 64).default(4),
    flip_sin_to_cos: flag().default(true),
    freq_shift: z.number({ error: 'a number' }).default(0),
    down_block_types: listOf(oneOf('CrossAttnDownBlock2D', 'DownBlock2D')),
    up_block_types: listOf(oneOf('CrossAttnUpBlock2D', 'UpBlock2D')),
    block_out_channels: listOf(whole(2, 8192)),
    layers_per_block: whole(1, 16).default(2),
    downsample_padding: whole(0, 1).default(1),
    norm_num_groups: whole(1, 1024).default(32),
    norm_eps: real(0, 1).default(1e-5),
    cross_attention_dim: whole(1, 16384).default(1280),
    attention_head_dim: z
      .union([heads, listOf(heads)], { error: 'the number of heads from 1 to 256, or a list with one for each block' })
      .default(8),
    use_linear_projection: flag().default(false),
    transformer_layers_per_block: whole(1, 16).default(1),
    // In float32 there is nothing to raise.
    upcast_attention: flag().nullish(),
    act_fn: oneOf('silu', 'swish').default('silu'),
    ...onlyNeutral({
      mid_block_type: ['UNetMidBlock2DCrossAttn'],
      center_input_sample: [false],
      only_cross_attention: [false],
      mid_block_only_cross_attention: [null, false],
      dual_cross_attention: [false],
      mid_block_scale_factor: [1],
      dropout: [0],
      num_attention_heads: [null],
      class_embed_type: [null],
      num_class_embeds: [null],
      class_embeddings_concat: [false],
      projection_class_embeddings_input_dim: [null],
      addition_embed_type: [null],
      addition_embed_type_num_heads: [64, null],
      addition_time_embed_dim: [null],
      attention_type: ['default'],
      encoder_hid_dim: [null],
      encoder_hid_dim_type: [null],
      cross_attention_norm: [null],
      reverse_transformer_layers_per_block: [null],
      resnet_time_scale_shift: ['default'],
      resnet_skip_time_act: [false],
      resnet_out_scale_factor: [1],
      time_embedding_type: ['positional'],
      time_embedding_dim: [null],
      time_embedding_act_fn: [null],
      timestep_post_act: [null],
      time_cond_proj_dim: [null],
      conv_in_kernel: [3],
      conv_out_kernel: [3],
    }),
  })
  .superRefine((config, context) => {
    const fail = (path: (string | number)[], message: string, input: unknown) =>
      context.addIssue({ code: 'custom', path, message, input });
    const levels = config.block_out_channels.length;
    for (const name of ['down_block_types', 'up_block_types', 'attention_head_dim'] as const) {
      const list = config[name];
      if (Array.isArray(list) && list.length !== levels)
        fail([name], `${levels} entries, one for each of block_out_channels`, list);
    }
    config.block_out_channels.forEach((channels, i) => {
      const path = ['block_out_channels', i];
      if (channels % config.norm_num_groups !== 0)
        fail(path, `a multiple of norm_num_groups = ${config.norm_num_groups}`, channels);
      const count = attends(config, i) ? headsAt(config, i) : 1;
      if (channels % count !== 0) fail(path, `a multiple of its ${count} heads`, channels);
      if (i === 0 && channels % 2 !== 0) fail(path, 'an even number', channels);
    });
  });

/** The published fields of a U-Net, with diffusers' defaults. */
export type UnetConfig = z.infer<typeof schema>;

/**
 * Checks a U-Net's config.json.
 *
 * @throws CollimateError MODEL_CONFIG
 */
export function parseUnetConfig(value: Record<string, unknown>, file = 'unet/config.json'): UnetConfig {
  if (value.addition_embed_type === 'text_time')
    throw new CollimateError(
      'MODEL_CONFIG',
      `${file}: addition_embed_type: expected null, got "text_time": this is Stable Diffusion XL's U-Net`,
      'Use a Stable Diffusion 1.x or 2.x model.',
    );
  return parseConfig(schema, value, file);
}

function attends(config: { down_block_types: string[]; up_block_types: string[] }, level: number): boolean {
  const { down_block_types: down, up_block_types: up } = config;
  const isInnermost = level === down.length - 1;
  return isInnermost || down[level] === 'CrossAttnDownBlock2D' || up.at(-1 - level) === 'CrossAttnUpBlock2D';
}

/** The number of attention heads at a level, 0 the outermost. */
export function headsAt(config: Pick<UnetConfig, 'attention_head_dim'>, level: number): number {
  const { attention_head_dim: heads } = config;
  return typeof heads === 'number' ? heads : heads[level]!;
}
