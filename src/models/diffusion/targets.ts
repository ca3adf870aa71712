// What training asks of the network: noisy latents at given timesteps, and the target to predict from them.

import { CollimateError } from '../../util/errors.ts';
import type { Schedule } from './schedule.ts';

/** `√ᾱ_t` and `√(1−ᾱ_t)` for each sample of a batch, [B] each. */
export type NoiseCoefficients = { signal: Float32Array; noise: Float32Array };

/**
 * How much signal and how much noise there is at each timestep.
 *
 * @param timesteps whole numbers in 0 … trainSteps − 1, [B].
 * @throws CollimateError SHAPE where a timestep is out of range.
 */
export function noiseCoefficients(schedule: Schedule, timesteps: ArrayLike<number>): NoiseCoefficients {
  const levels = Float32Array.from(timesteps, (t) => {
    const level = schedule.alphasCumprod[t];
    if (level !== undefined) return level;
    throw new CollimateError(
      'SHAPE',
      `timestep: expected a whole number from 0 to ${schedule.trainSteps - 1}, got ${t}`,
    );
  });
  return { signal: levels.map(Math.sqrt), noise: levels.map((level) => Math.sqrt(1 - level)) };
}

/** `x_t = √ᾱ_t·x₀ + √(1−ᾱ_t)·ε` for a batch (Ho et al., 2020, equation 4). Latents and noise are [B, …]. */
export function addNoise(
  schedule: Schedule,
  latents: Float32Array,
  noise: Float32Array,
  timesteps: ArrayLike<number>,
): Float32Array {
  const scale = noiseCoefficients(schedule, timesteps);
  return mixSamples(latents, noise, scale.signal, scale.noise);
}

/** `v = √ᾱ_t·ε − √(1−ᾱ_t)·x₀` for a batch (Salimans and Ho, 2022, appendix D). Latents and noise are [B, …]. */
export function velocityTarget(
  schedule: Schedule,
  latents: Float32Array,
  noise: Float32Array,
  timesteps: ArrayLike<number>,
): Float32Array {
  const scale = noiseCoefficients(schedule, timesteps);
  return mixSamples(
    noise,
    latents,
    scale.signal,
    scale.noise.map((value) => -value),
  );
}

/** What the network of this schedule is to predict: the noise itself, or the velocity. */
export function predictionTarget(
  schedule: Schedule,
  latents: Float32Array,
  noise: Float32Array,
  timesteps: ArrayLike<number>,
): Float32Array {
  return schedule.predictionType === 'epsilon' ? noise : velocityTarget(schedule, latents, noise, timesteps);
}

/** `a_b·x + c_b·y` with one pair of factors for each sample b. */
export function mixSamples(x: Float32Array, y: Float32Array, a: Float32Array, c: Float32Array): Float32Array {
  const size = x.length / a.length;
  if (x.length !== y.length || !Number.isInteger(size)) {
    const got = `${x.length} and ${y.length} numbers for ${a.length} timesteps`;
    throw new CollimateError('SHAPE', `addNoise: expected latents and noise [B, …] of one size, got ${got}`);
  }
  return x.map((value, i) => {
    const sample = Math.floor(i / size);
    return a[sample]! * value + c[sample]! * y[i]!;
  });
}
