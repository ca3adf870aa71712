// How the U-Net is told the timestep: sinusoids of it, then a two-layer MLP.

import { add, concat, constant, cos, mul, reshape, silu, sin } from '../../engine/graph/functions.ts';
import type { Tensor } from '../../engine/graph/tensor.ts';
import { linear } from '../../engine/nn/layers.ts';
import type { Params } from '../../engine/nn/params.ts';
import { TIME_IDS, type UnetConfig } from './config.ts';

/**
 * `[cos(t ω_i), sin(t ω_i)]` with `ω_i = 10000^(−i / (c/2 − freq_shift))` (Ho et al., 2020, appendix B); the sines come
 * first where `flip_sin_to_cos` is false.
 *
 * @param timesteps float32 [B]
 * @returns [B, c]
 */
export function sinusoids(
  config: Pick<UnetConfig, 'freq_shift' | 'flip_sin_to_cos'>,
  timesteps: Tensor,
  channels: number,
): Tensor {
  const half = channels / 2;
  // Rounded to float32 where the published implementation rounds: at t ≈ 1000 the last bit shows.
  const frequencies = Float32Array.from({ length: half }, (_, i) => {
    const exponent = Math.fround(-Math.fround(Math.log(10000)) * i) / Math.fround(half - config.freq_shift);
    return Math.exp(Math.fround(exponent));
  });
  const angles = mul(reshape(timesteps, [-1, 1]), constant(frequencies, [1, half])); // [B, c/2]
  return concat(config.flip_sin_to_cos ? [cos(angles), sin(angles)] : [sin(angles), cos(angles)], 1);
}

/** What a U-Net of SDXL is told beside the text's tokens. */
export interface AddedConditions {
  /** The whole text, [B, P]. */
  readonly pooled: Tensor;
  /** Sizes of the picture, [B, 6]. */
  readonly timeIds: Tensor;
}

/**
 * The time embedding [B, 4c] of timesteps [B], with the activation that every block would apply to it. What is added to it
 * (Podell et al., 2023, section 2.2) comes through an MLP of its own.
 *
 * @param p the scope of the whole U-Net
 */
export function timeEmbedding(p: Params, config: UnetConfig, timesteps: Tensor, added?: AddedConditions): Tensor {
  const channels = config.block_out_channels[0]!;
  const time = mlp(p.in('time_embedding'), sinusoids(config, timesteps, channels), 4 * channels);
  if (!added) return silu(time);
  const width = config.addition_time_embed_dim!;
  const sizes = reshape(sinusoids(config, reshape(added.timeIds, [-1]), width), [-1, TIME_IDS * width]);
  return silu(add(time, mlp(p.in('add_embedding'), concat([added.pooled, sizes], 1), 4 * channels)));
}

function mlp(p: Params, x: Tensor, width: number): Tensor {
  return linear(p.in('linear_2'), silu(linear(p.in('linear_1'), x, width)), width);
}
