// The U-Net's names in the original layout: one running number over all levels, and layers by their place in a list.

import type { UnetConfig } from '../unet/config.ts';

/** The parts of a residual block; those of a transformer are named alike in both layouts. */
const RESNET: Readonly<Record<string, string>> = {
  norm1: 'in_layers.0',
  conv1: 'in_layers.2',
  time_emb_proj: 'emb_layers.1',
  norm2: 'out_layers.0',
  conv2: 'out_layers.3',
  conv_shortcut: 'skip_connection',
};

const MODULE =
  /^((?:(?:down|up)_blocks\.\d+|mid_block)\.(?:resnets|attentions|downsamplers|upsamplers)\.\d+|(?:time|add)_embedding\.linear_[12]|conv_in|conv_norm_out|conv_out)\.(.+)$/;

/** From the canonical name of a U-Net's parameter to the original one, below `model.diffusion_model.`. */
export function originalUnetKeys(config: UnetConfig): (name: string) => string {
  const modules = originalModules(config);
  return (name) => {
    const [, module, rest] = MODULE.exec(name)!;
    const original = modules.get(module!)!;
    // A downsampling convolution is called `op`, an upsampling one `conv`.
    if (module!.includes('.downsamplers.')) return `${original}.${rest!.replace('conv', 'op')}`;
    if (!module!.includes('.resnets.')) return `${original}.${rest}`;
    const [part, kind] = rest!.split('.') as [string, string];
    return `${original}.${RESNET[part]}.${kind}`;
  };
}

function originalModules(config: UnetConfig): Map<string, string> {
  const { layers_per_block: layers, down_block_types: down, up_block_types: up } = config;
  const levels = down.length;
  const modules = new Map([
    ['time_embedding.linear_1', 'time_embed.0'],
    ['time_embedding.linear_2', 'time_embed.2'],
    ['add_embedding.linear_1', 'label_emb.0.0'],
    ['add_embedding.linear_2', 'label_emb.0.2'],
    ['conv_in', 'input_blocks.0.0'],
    ['mid_block.resnets.0', 'middle_block.0'],
    ['mid_block.attentions.0', 'middle_block.1'],
    ['mid_block.resnets.1', 'middle_block.2'],
    ['conv_norm_out', 'out.0'],
    ['conv_out', 'out.2'],
  ]);
  let number = 1;
  for (let level = 0; level < levels; level++) {
    const block = `down_blocks.${level}`;
    for (let i = 0; i < layers; i++, number++) {
      modules.set(`${block}.resnets.${i}`, `input_blocks.${number}.0`);
      if (down[level]!.startsWith('CrossAttn')) modules.set(`${block}.attentions.${i}`, `input_blocks.${number}.1`);
    }
    if (level < levels - 1) modules.set(`${block}.downsamplers.0`, `input_blocks.${number++}.0`);
  }
  number = 0;
  for (let level = 0; level < levels; level++) {
    const block = `up_blocks.${level}`;
    const attends = up[level]!.startsWith('CrossAttn');
    for (let i = 0; i <= layers; i++, number++) {
      modules.set(`${block}.resnets.${i}`, `output_blocks.${number}.0`);
      if (attends) modules.set(`${block}.attentions.${i}`, `output_blocks.${number}.1`);
      if (i === layers && level < levels - 1)
        modules.set(`${block}.upsamplers.0`, `output_blocks.${number}.${attends ? 2 : 1}`);
    }
  }
  return modules;
}
