// Euler steps along the noise level σ (Karras et al., 2022, "Elucidating the design space of diffusion-based generative
// models", algorithm 2 without churn).

import { z } from 'zod';
import { checkOneRule, levelFields } from './levels.ts';
import { field, readForSampler } from './published.ts';
import type { Sampler } from './sampler.ts';
import type { Schedule } from './schedule.ts';
import { advance, scaleBySigma, sigmaSteps } from './sigma-steps.ts';

export const eulerFields = z
  .looseObject({
    ...levelFields,
    interpolation_type: z.literal('linear', { error: 'is not built here, expected "linear"' }).nullish(),
    /** Where the last step ends: without any noise, or at the level of timestep 0. */
    final_sigmas_type: field(z.enum(['zero', 'sigma_min']), 'zero'),
  })
  .superRefine(checkOneRule);

/** @throws CollimateError MODEL_CONFIG where the model's config has what cannot be followed, CONFIG where the schedule has no room for so many steps. */
export function createEuler(schedule: Schedule, steps: number): Sampler {
  const fields = readForSampler(eulerFields, schedule.published, 'euler');
  const endsNoisy = fields.final_sigmas_type === 'sigma_min';
  const { timesteps, sigmas, initNoiseScale } = sigmaSteps(schedule, steps, { name: 'euler', fields, endsNoisy });
  return {
    name: 'euler',
    timesteps,
    initNoiseScale,
    scaleInput: (sample, i) => scaleBySigma(sample, sigmas[i]!),
    step: (output, i, sample) => advance(schedule, output, sigmas[i]!, sigmas[i + 1]! - sigmas[i]!, sample),
  };
}
