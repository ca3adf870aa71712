// The denoising U-Net of Stable Diffusion 1.x, 2.x and XL: diffusers' UNet2DConditionModel, by its own key names.

import { silu } from '../../engine/graph/functions.ts';
import type { Tensor } from '../../engine/graph/tensor.ts';
import { formatType } from '../../engine/graph/types.ts';
import { conv2d, groupNorm } from '../../engine/nn/layers.ts';
import type { Params } from '../../engine/nn/params.ts';
import { CollimateError } from '../../util/errors.ts';
import { type BlockInputs, downBlock, midBlock, upBlock } from './blocks.ts';
import { pooledWidth, TIME_IDS, type UnetConfig } from './config.ts';
import { type AddedConditions, timeEmbedding } from './time-embedding.ts';

export interface UnetOptions {
  /** Marks block outputs so that `grad` can compute what lies between them again instead of keeping it. */
  readonly gradientCheckpointing?: boolean;
  /** For a U-Net that takes the text as one vector and the picture's sizes. */
  readonly added?: AddedConditions | undefined;
}

/**
 * The network's answer to noisy latents: ε or v, as the model was trained (Rombach et al., 2022).
 *
 * @param latents [B, in_channels, h, w]; h and w multiples of `2^(levels − 1)`
 * @param timesteps float32 [B], 0 … 999
 * @param context [B, S, cross_attention_dim], the text encoder's hidden states
 * @returns [B, out_channels, h, w]
 * @throws CollimateError SHAPE where an input does not fit the config.
 */
export function unet(
  p: Params,
  config: UnetConfig,
  latents: Tensor,
  timesteps: Tensor,
  context: Tensor,
  { gradientCheckpointing = false, added }: UnetOptions = {},
): Tensor {
  checkInputs(config, latents, context);
  checkAdded(config, added);
  const levels = config.block_out_channels.length;
  const time = timeEmbedding(p, config, timesteps, added);
  const inputs: BlockInputs = { config, time, context, gradientCheckpointing };

  let x = conv2d(p.in('conv_in'), latents, config.block_out_channels[0]!, 3, { padding: 1 });
  const skips = [x];
  for (let level = 0; level < levels; level++) {
    const block = downBlock(p.in('down_blocks').in(level), x, level, inputs);
    x = block.x;
    skips.push(...block.skips);
  }
  x = midBlock(p.in('mid_block'), x, inputs);
  for (let i = 0; i < levels; i++) x = upBlock(p.in('up_blocks').in(i), x, levels - 1 - i, skips, inputs);

  x = silu(groupNorm(p.in('conv_norm_out'), x, config.norm_num_groups, config.norm_eps));
  return conv2d(p.in('conv_out'), x, config.out_channels, 3, { padding: 1 });
}

function checkInputs(config: UnetConfig, latents: Tensor, context: Tensor): void {
  const step = 2 ** (config.block_out_channels.length - 1);
  const [, channels, height, width] = latents.shape;
  if (latents.shape.length !== 4 || channels !== config.in_channels || height! % step !== 0 || width! % step !== 0)
    throw new CollimateError(
      'SHAPE',
      `unet: expected latents [B, ${config.in_channels}, h, w] with h and w multiples of ${step}, got ${formatType(latents)}`,
      `Choose an image size that this model's ${config.block_out_channels.length} levels can halve.`,
    );
  if (context.shape.length !== 3 || context.shape[2] !== config.cross_attention_dim)
    throw new CollimateError(
      'SHAPE',
      `unet: expected a context [B, S, ${config.cross_attention_dim}], got ${formatType(context)}`,
      'Use the text encoder that this U-Net was trained with.',
    );
}

function checkAdded(config: UnetConfig, added: AddedConditions | undefined): void {
  const width = pooledWidth(config);
  const fits = added && added.pooled.shape[1] === width && added.timeIds.shape[1] === TIME_IDS;
  if (width === undefined ? !added : fits) return;
  throw new CollimateError(
    'SHAPE',
    `unet: expected ${width === undefined ? 'nothing' : `pooled [B, ${width}] and sizes [B, ${TIME_IDS}]`} beside the text, ` +
      `got ${added ? `${formatType(added.pooled)} and ${formatType(added.timeIds)}` : 'nothing'}`,
    'Use the text encoders of this model.',
  );
}
