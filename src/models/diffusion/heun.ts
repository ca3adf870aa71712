// Heun's method along the noise level σ: each Euler step is taken again with the mean of the slopes at its ends, but for the
// last one, which ends without noise (Karras et al., 2022, algorithm 1). It asks the network 2·steps − 1 times.

import { z } from 'zod';
import { checkOneRule, levelFields } from './levels.ts';
import { field, readForSampler } from './published.ts';
import { clipValues, combine, type Sampler } from './sampler.ts';
import type { Schedule } from './schedule.ts';
import { advance, scaleBySigma, sigmaSteps } from './sigma-steps.ts';

export const heunFields = z
  .looseObject({
    ...levelFields,
    clip_sample: field(z.boolean(), false),
    clip_sample_range: field(z.number().positive(), 1),
  })
  .superRefine(checkOneRule);

/** @throws CollimateError MODEL_CONFIG where the model's config has what cannot be followed, CONFIG where the schedule has no room for so many steps. */
export function createHeun(schedule: Schedule, steps: number): Sampler {
  const fields = readForSampler(heunFields, schedule.published, 'heun');
  const { timesteps, sigmas, initNoiseScale } = sigmaSteps(schedule, steps, { name: 'heun', fields });
  /** The level that call `i` is about: after the first, each is asked about twice. */
  const levelAt = (i: number) => (i + 1) >> 1;
  let [from, slope]: [Float32Array, Float32Array] = [new Float32Array(0), new Float32Array(0)];

  function slopeAt(output: Float32Array, sigma: number, sample: Float32Array): Float32Array {
    const clean = advance(schedule, output, sigma, -sigma, sample);
    const kept = fields.clip_sample ? clipValues(clean, fields.clip_sample_range) : clean;
    return combine(1 / sigma, sample, -1 / sigma, kept);
  }

  function step(output: Float32Array, i: number, sample: Float32Array): Float32Array {
    const level = levelAt(i);
    const found = slopeAt(output, sigmas[level]!, sample);
    if (i % 2 === 1) {
      const change = sigmas[level]! - sigmas[level - 1]!;
      return combine(change / 2, combine(1, slope, 1, found), 1, from);
    }
    [from, slope] = [sample, found];
    return combine(sigmas[level + 1]! - sigmas[level]!, found, 1, sample);
  }

  return {
    name: 'heun',
    timesteps: Array.from({ length: 2 * steps - 1 }, (_, i) => timesteps[levelAt(i)]!),
    initNoiseScale,
    scaleInput: (sample, i) => scaleBySigma(sample, sigmas[levelAt(i)]!),
    step,
  };
}
