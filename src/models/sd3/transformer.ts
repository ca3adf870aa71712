// The denoising transformer of Stable Diffusion 3 and 3.5: diffusers' SD3Transformer2DModel, by its own key names.

import { add, checkpoint, reshape, silu, slice, transpose } from '../../engine/graph/functions.ts';
import type { Tensor } from '../../engine/graph/tensor.ts';
import { formatType } from '../../engine/graph/types.ts';
import { conv2d, linear } from '../../engine/nn/layers.ts';
import type { Params } from '../../engine/nn/params.ts';
import { CollimateError } from '../../util/errors.ts';
import { sinusoids } from '../unet/time-embedding.ts';
import { jointBlock, type TokenStreams } from './block.ts';
import { type Sd3Config, tokenWidth } from './config.ts';
import { activate, continuousNorm } from './modulation.ts';

/** Of the sinusoids that tell the time. */
const TIME_WIDTH = 256;

/** The table of positions: a buffer of sines and cosines, stored with the weights and not learned. */
export const POSITIONS = 'pos_embed.pos_embed';

export interface Sd3Inputs {
  /** [B, in_channels, h, w]; h and w multiples of the patch size */
  readonly latents: Tensor;
  /** `1000·σ`, float32 [B] */
  readonly timesteps: Tensor;
  /** [B, S, joint_attention_dim] */
  readonly context: Tensor;
  /** [B, pooled_projection_dim] */
  readonly pooled: Tensor;
}

/**
 * The network's answer to noisy latents: the velocity `noise − clean` (Esser et al., 2024).
 *
 * @returns [B, out_channels, h, w]
 * @throws CollimateError SHAPE where an input does not fit the config.
 */
export function sd3Transformer(
  p: Params,
  config: Sd3Config,
  inputs: Sd3Inputs,
  { gradientCheckpointing = false }: { readonly gradientCheckpointing?: boolean } = {},
): Tensor {
  checkInputs(config, inputs);
  const width = tokenWidth(config);
  const activated = activate(embedConditions(p.in('time_text_embed'), inputs, width));
  let streams: TokenStreams = {
    x: embedPatches(p, config, inputs.latents),
    text: linear(p.in('context_embedder'), inputs.context, width),
  };
  for (let i = 0; i < config.num_layers; i++) {
    const { x, text } = jointBlock(p.in('transformer_blocks').in(i), config, streams, activated, i);
    streams = gradientCheckpointing ? { x: checkpoint(x), text: checkpoint(text) } : { x, text };
  }
  const { patch_size: patch, out_channels: channels } = config;
  const y = linear(p.in('proj_out'), continuousNorm(p.in('norm_out'), streams.x, activated), patch * patch * channels);
  return joinPatches(y, inputs.latents.shape, config);
}

/** One vector of the time and the whole text, [B, C]. */
function embedConditions(p: Params, { timesteps, pooled }: Sd3Inputs, width: number): Tensor {
  const time = sinusoids({ flip_sin_to_cos: true, freq_shift: 0 }, timesteps, TIME_WIDTH);
  const mlp = (scope: Params, x: Tensor) =>
    linear(scope.in('linear_2'), silu(linear(scope.in('linear_1'), x, width)), width);
  return add(mlp(p.in('timestep_embedder'), time), mlp(p.in('text_embedder'), pooled));
}

/** Patches as tokens [B, N, C], with the middle of the table of positions added. */
function embedPatches(p: Params, config: Sd3Config, latents: Tensor): Tensor {
  const { patch_size: patch, pos_embed_max_size: most } = config;
  const width = tokenWidth(config);
  const scope = p.in('pos_embed.proj');
  const patches = conv2d(scope, latents, width, patch, { stride: patch }); // [B, C, h, w]
  const [batch, , h, w] = patches.shape as [number, number, number, number];
  const tokens = transpose(reshape(patches, [batch, width, h * w]), [0, 2, 1]);
  const table = reshape(p.get(POSITIONS, [1, most * most, width], { normal: 0.02 }), [most, most, width]);
  const [top, left] = [Math.floor((most - h) / 2), Math.floor((most - w) / 2)];
  const middle = slice(slice(table, 0, top, top + h), 1, left, left + w);
  return add(tokens, reshape(middle, [1, h * w, width]));
}

/** Tokens [B, h·w, p·p·C] as latents [B, C, h·p, w·p]. */
function joinPatches(y: Tensor, shape: readonly number[], { patch_size: patch, out_channels: channels }: Sd3Config) {
  const [batch, , height, width] = shape as [number, number, number, number];
  const [h, w] = [height / patch, width / patch];
  const parts = transpose(reshape(y, [batch, h, w, patch, patch, channels]), [0, 5, 1, 3, 2, 4]);
  return reshape(parts, [batch, channels, height, width]);
}

function checkInputs(config: Sd3Config, { latents, context, pooled }: Sd3Inputs): void {
  const { patch_size: patch, in_channels: channels, pos_embed_max_size: most } = config;
  const [, c, height, width] = latents.shape as [number, number, number, number];
  const fits = (side: number) => side % patch === 0 && side / patch <= most;
  if (latents.shape.length !== 4 || c !== channels || !fits(height) || !fits(width))
    throw new CollimateError(
      'SHAPE',
      `sd3: expected latents [B, ${channels}, h, w] with h and w multiples of ${patch} up to ${most * patch}, got ${formatType(latents)}`,
      'Choose an image size that this model can divide into patches.',
    );
  const wanted = [
    [context, 3, config.joint_attention_dim],
    [pooled, 2, config.pooled_projection_dim],
  ] as const;
  for (const [tensor, rank, last] of wanted)
    if (tensor.shape.length !== rank || tensor.shape.at(-1) !== last)
      throw new CollimateError(
        'SHAPE',
        `sd3: expected a text [B, ${rank === 3 ? 'S, ' : ''}${last}], got ${formatType(tensor)}`,
        'Use the text encoders that this model was trained with.',
      );
}
