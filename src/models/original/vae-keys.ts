// The autoencoder's names in the original layout. Its decoder counts levels from the inside, diffusers from the outside.

import type { VaeConfig } from '../vae/config.ts';
import type { Placing } from './format.ts';

const ATTENTION: Readonly<Record<string, string>> = {
  group_norm: 'norm',
  to_q: 'q',
  to_k: 'k',
  to_v: 'v',
  'to_out.0': 'proj_out',
};

/** From the canonical name of an autoencoder's parameter to the original one, below `first_stage_model.`. */
function originalVaeKeys(config: VaeConfig): (name: string) => string {
  const last = config.block_out_channels.length - 1;
  return (name) =>
    name
      .replace(/\.conv_norm_out\./, '.norm_out.')
      .replace(/\.mid_block\.resnets\.(\d)\./, (_, i: string) => `.mid.block_${Number(i) + 1}.`)
      .replace(
        /\.mid_block\.attentions\.0\.(group_norm|to_[qkv]|to_out\.0)\./,
        (_, part: string) => `.mid.attn_1.${ATTENTION[part]}.`,
      )
      .replace(/\.down_blocks\.(\d+)\.resnets\./, '.down.$1.block.')
      .replace(/\.down_blocks\.(\d+)\.downsamplers\.0\./, '.down.$1.downsample.')
      .replace(/\.up_blocks\.(\d+)\.resnets\./, (_, level: string) => `.up.${last - Number(level)}.block.`)
      .replace(/\.up_blocks\.(\d+)\.upsamplers\.0\./, (_, level: string) => `.up.${last - Number(level)}.upsample.`)
      .replace(/\.conv_shortcut\./, '.nin_shortcut.');
}

/** Where the parameters of an autoencoder stand below `prefix`. */
export function vaePlacing(config: VaeConfig, prefix: string): Placing {
  const key = originalVaeKeys(config);
  return ({ name, shape }) => ({
    from: prefix + key(name),
    ...(isStoredAsConvolution(name) && { stored: [...shape, 1, 1] }),
  });
}

/** Whether the original stores this weight [C, C] as a convolution [C, C, 1, 1]. */
function isStoredAsConvolution(name: string): boolean {
  return /\.mid_block\.attentions\.0\.to_(q|k|v|out\.0)\.weight$/.test(name);
}
