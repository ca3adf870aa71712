// How far a picture moves where the network's output does.

import { noiseCoefficients } from '../../../models/diffusion/targets.ts';
import type { MethodRun } from './method.ts';

/** `√(1−ᾱ)/√ᾱ` where the network predicts noise, `√(1−ᾱ)` where it predicts velocity, for the images of a batch. */
export function reachOf(
  { schedule, mixture }: MethodRun,
  { timesteps }: Readonly<Record<string, unknown>>,
): Float32Array {
  const { signal, noise } = noiseCoefficients(schedule, (timesteps as Float32Array).subarray(0, mixture.images));
  return schedule.predictionType === 'epsilon' ? noise.map((value, i) => value / signal[i]!) : noise;
}
