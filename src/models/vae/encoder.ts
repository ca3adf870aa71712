// Images to the distribution of their latents.

import { maximum, minimum, silu, split } from '../../engine/graph/functions.ts';
import type { Tensor } from '../../engine/graph/tensor.ts';
import { formatType } from '../../engine/graph/types.ts';
import { conv2d, groupNorm } from '../../engine/nn/layers.ts';
import type { Params } from '../../engine/nn/params.ts';
import { CollimateError } from '../../util/errors.ts';
import { downsample, resnet } from '../resnet.ts';
import { type VaeConfig, vaeReduction } from './config.ts';
import { VAE_EPS, vaeMidBlock } from './mid-block.ts';

/** A diagonal normal distribution of latents, before the scaling factor. */
export interface LatentDistribution {
  /** [B, latent_channels, h, w] */
  readonly mean: Tensor;
  /** `log σ²` [B, latent_channels, h, w], between −30 and 20 */
  readonly logvar: Tensor;
}

/**
 * The distribution of the latents of images (Kingma & Welling, 2014; Rombach et al., 2022).
 *
 * @param pixels [B, in_channels, H, W] in [−1, 1]; H and W multiples of `2^(levels − 1)`
 * @throws CollimateError SHAPE where the image does not fit the config.
 */
export function vaeEncode(p: Params, config: VaeConfig, pixels: Tensor): LatentDistribution {
  checkPixels(config, pixels);
  const moments = encoder(p.in('encoder'), config, pixels); // [B, 2L, h, w]
  const last = config.use_quant_conv ? conv2d(p.in('quant_conv'), moments, 2 * config.latent_channels, 1) : moments;
  const [mean, logvar] = split(last, [config.latent_channels, config.latent_channels], 1);
  return { mean: mean!, logvar: minimum(maximum(logvar!, -30), 20) };
}

function encoder(p: Params, config: VaeConfig, pixels: Tensor): Tensor {
  const { block_out_channels: widths, norm_num_groups: groups } = config;
  let x = conv2d(p.in('conv_in'), pixels, widths[0]!, 3, { padding: 1 });
  widths.forEach((outputs, level) => {
    const block = p.in('down_blocks').in(level);
    for (let i = 0; i < config.layers_per_block; i++)
      x = resnet(block.in('resnets').in(i), x, { outputs, groups, eps: VAE_EPS });
    if (level < widths.length - 1) x = downsample(block.in('downsamplers.0'), x, 0);
  });
  x = vaeMidBlock(p.in('mid_block'), config, x);
  x = silu(groupNorm(p.in('conv_norm_out'), x, groups, VAE_EPS));
  return conv2d(p.in('conv_out'), x, 2 * config.latent_channels, 3, { padding: 1 });
}

function checkPixels(config: VaeConfig, pixels: Tensor): void {
  const [, channels, height, width] = pixels.shape;
  const step = vaeReduction(config);
  if (pixels.shape.length === 4 && channels === config.in_channels && height! % step === 0 && width! % step === 0)
    return;
  throw new CollimateError(
    'SHAPE',
    `vae: expected pixels [B, ${config.in_channels}, H, W] with H and W multiples of ${step}, got ${formatType(pixels)}`,
    'Resize the image.',
  );
}
