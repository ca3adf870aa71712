// Latents back to images.

import { silu } from '../../engine/graph/functions.ts';
import type { Tensor } from '../../engine/graph/tensor.ts';
import { formatType } from '../../engine/graph/types.ts';
import { conv2d, groupNorm } from '../../engine/nn/layers.ts';
import type { Params } from '../../engine/nn/params.ts';
import { CollimateError } from '../../util/errors.ts';
import { resnet, upsample } from '../resnet.ts';
import type { VaeConfig } from './config.ts';
import { VAE_EPS, vaeMidBlock } from './mid-block.ts';

/**
 * The images of latents; neither scaled before nor clamped after.
 *
 * @param latents [B, latent_channels, h, w], already brought back from the network's scale
 * @returns [B, out_channels, H, W], about [−1, 1]
 * @throws CollimateError SHAPE where the latents do not fit the config.
 */
export function vaeDecode(p: Params, config: VaeConfig, latents: Tensor): Tensor {
  const { latent_channels: channels } = config;
  if (latents.shape.length !== 4 || latents.shape[1] !== channels)
    throw new CollimateError(
      'SHAPE',
      `vae: expected latents [B, ${channels}, h, w], got ${formatType(latents)}`,
      'Use the autoencoder that these latents were made with.',
    );
  const first = config.use_post_quant_conv ? conv2d(p.in('post_quant_conv'), latents, channels, 1) : latents;
  return decoder(p.in('decoder'), config, first);
}

function decoder(p: Params, config: VaeConfig, latents: Tensor): Tensor {
  const { norm_num_groups: groups } = config;
  const widths = config.block_out_channels.toReversed();
  let x = conv2d(p.in('conv_in'), latents, widths[0]!, 3, { padding: 1 });
  x = vaeMidBlock(p.in('mid_block'), config, x);
  widths.forEach((outputs, level) => {
    const block = p.in('up_blocks').in(level);
    for (let i = 0; i <= config.layers_per_block; i++)
      x = resnet(block.in('resnets').in(i), x, { outputs, groups, eps: VAE_EPS });
    if (level < widths.length - 1) x = upsample(block.in('upsamplers.0'), x);
  });
  x = silu(groupNorm(p.in('conv_norm_out'), x, groups, VAE_EPS));
  return conv2d(p.in('conv_out'), x, config.out_channels, 3, { padding: 1 });
}
