// The fields of a U-Net's config.json. `attention_head_dim` is the number of heads, as in the published 1.x, 2.x and XL files.

import { z } from 'zod';
import { flag, listOf, oneOf, onlyNeutral, parseConfig, real, whole } from '../config.ts';

const heads = whole(1, 256);

/** Fields that are lists with one entry for each block, or may be. */
const LISTS = ['down_block_types', 'up_block_types', 'attention_head_dim', 'transformer_layers_per_block'] as const;

const schema = z
  .strictObject({
    sample_size: z
      .union([whole(1, 4096), listOf(whole(1, 4096), 2)], { error: 'a whole number from 1 to 4096, or two of them' })
      .optional(),
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
    transformer_layers_per_block: z
      .union([whole(1, 64), listOf(whole(0, 64))], {
        error: 'a whole number from 1 to 64, or a list with one for each block',
      })
      .default(1),
    /** `text_time`: the whole text as one vector, and sizes of the picture, are added to the time embedding (SDXL). */
    addition_embed_type: z.literal('text_time', { error: 'null or "text_time", the only supported' }).nullish(),
    addition_time_embed_dim: whole(2, 65536).nullish(),
    projection_class_embeddings_input_dim: whole(1, 262144).nullish(),
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
      addition_embed_type_num_heads: [64, null],
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
    for (const name of LISTS) {
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
      if (attends(config, i) && layersAt(config, i) === 0)
        fail(['transformer_layers_per_block', i], 'at least 1, since this block attends', 0);
    });
    if (config.addition_embed_type == null) return;
    const { addition_time_embed_dim: time, projection_class_embeddings_input_dim: inputs } = config;
    if (time == null || time % 2 !== 0) fail(['addition_time_embed_dim'], 'an even number', time);
    else if (inputs == null || inputs <= TIME_IDS * time)
      fail(['projection_class_embeddings_input_dim'], `more than ${TIME_IDS} times addition_time_embed_dim`, inputs);
  });

/** The published fields of a U-Net, with diffusers' defaults. */
export type UnetConfig = z.infer<typeof schema>;

/**
 * Checks a U-Net's config.json.
 *
 * @throws CollimateError MODEL_CONFIG
 */
export function parseUnetConfig(value: Record<string, unknown>, file = 'unet/config.json'): UnetConfig {
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

/** The number of transformer blocks in each attention of a level, 0 the outermost. */
export function layersAt(config: Pick<UnetConfig, 'transformer_layers_per_block'>, level: number): number {
  const { transformer_layers_per_block: layers } = config;
  return typeof layers === 'number' ? layers : layers[level]!;
}

/** Sizes that a U-Net of SDXL is told: original height and width, top and left of the crop, height and width drawn. */
export const TIME_IDS = 6;

/** The width of the vector of the whole text that a U-Net takes; undefined where it takes none. */
export function pooledWidth(config: UnetConfig): number | undefined {
  if (config.addition_embed_type == null) return undefined;
  return config.projection_class_embeddings_input_dim! - TIME_IDS * config.addition_time_embed_dim!;
}
