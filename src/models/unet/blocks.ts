// The levels of the U-Net: down, middle and up. Channel counts of the way up follow from the tensors themselves.

import { checkpoint, concat } from '../../engine/graph/functions.ts';
import type { Tensor } from '../../engine/graph/tensor.ts';
import type { Params } from '../../engine/nn/params.ts';
import { downsample, resnet, upsample } from '../resnet.ts';
import { headsAt, layersAt, type UnetConfig } from './config.ts';
import { spatialTransformer } from './transformer.ts';

/** What every block of one U-Net is given. */
export interface BlockInputs {
  readonly config: UnetConfig;
  /** The activated time embedding [B, E]. */
  readonly time: Tensor;
  /** The text [B, S, D]. */
  readonly context: Tensor;
  /** Whether each output is a point from which the backward pass computes again. */
  readonly gradientCheckpointing: boolean;
}

/** One level on the way down; returns its output and what the way up gets from it, in order. */
export function downBlock(p: Params, x: Tensor, level: number, inputs: BlockInputs): { x: Tensor; skips: Tensor[] } {
  const { config } = inputs;
  const skips: Tensor[] = [];
  const attends = config.down_block_types[level] === 'CrossAttnDownBlock2D';
  let h = x;
  for (let i = 0; i < config.layers_per_block; i++) {
    h = layer(p, h, i, level, attends, inputs);
    skips.push(h);
  }
  if (level < config.block_out_channels.length - 1) {
    h = keep(downsample(p.in('downsamplers.0'), h, config.downsample_padding), inputs);
    skips.push(h);
  }
  return { x: h, skips };
}

/** The middle: a residual block, a transformer, a residual block. */
export function midBlock(p: Params, x: Tensor, inputs: BlockInputs): Tensor {
  const level = inputs.config.block_out_channels.length - 1;
  const h = layer(p, x, 0, level, true, inputs);
  return keep(residual(p.in('resnets.1'), h, level, inputs), inputs);
}

/** One level on the way up, `level` counted from the outside; takes what it needs from the end of `skips`. */
export function upBlock(p: Params, x: Tensor, level: number, skips: Tensor[], inputs: BlockInputs): Tensor {
  const { config } = inputs;
  const attends = config.up_block_types.at(-1 - level) === 'CrossAttnUpBlock2D';
  let h = x;
  for (let i = 0; i <= config.layers_per_block; i++)
    h = layer(p, concat([h, skips.pop()!], 1), i, level, attends, inputs);
  return level > 0 ? keep(upsample(p.in('upsamplers.0'), h), inputs) : h;
}

function layer(p: Params, x: Tensor, i: number, level: number, attends: boolean, inputs: BlockInputs): Tensor {
  const { config, context } = inputs;
  const h = keep(residual(p.in('resnets').in(i), x, level, inputs), inputs);
  if (!attends) return h;
  const size = { heads: headsAt(config, level), layers: layersAt(config, level) };
  return keep(spatialTransformer(p.in('attentions').in(i), config, h, context, size), inputs);
}

function residual(p: Params, x: Tensor, level: number, { config, time }: BlockInputs): Tensor {
  const outputs = config.block_out_channels[level]!;
  return resnet(p, x, { outputs, groups: config.norm_num_groups, eps: config.norm_eps, time });
}

function keep(x: Tensor, { gradientCheckpointing }: BlockInputs): Tensor {
  return gradientCheckpointing ? checkpoint(x) : x;
}
