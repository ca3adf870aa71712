// DDIM without added noise: each step estimates the clean sample and re-noises it to the next level
// (Song et al., 2021, "Denoising diffusion implicit models", equation 12 with η = 0).

import { z } from 'zod';
import { field, notBuilt, readForSampler } from './published.ts';
import { alphaBarAt, checkSignal, clipValues, combine, predictClean, predictNoise, type Sampler } from './sampler.ts';
import type { Schedule } from './schedule.ts';
import { spaceTimesteps } from './spacing.ts';

export const ddimFields = z.looseObject({
  /** Old files leave it out, and Stable Diffusion's pipelines then assume that it is off. */
  clip_sample: field(z.boolean(), false),
  clip_sample_range: field(z.number().positive(), 1),
  thresholding: notBuilt,
});

/** @throws CollimateError MODEL_CONFIG where the model's config has what cannot be followed, CONFIG where the schedule has no room for so many steps. */
export function createDdim(schedule: Schedule, steps: number): Sampler {
  const timesteps = spaceTimesteps(schedule, steps, { name: 'ddim', usual: 'leading' });
  const { clip_sample: clips, clip_sample_range: range } = readForSampler(ddimFields, schedule.published, 'ddim');
  checkSignal('ddim', schedule, timesteps);
  const stride = Math.floor(schedule.trainSteps / steps);

  function step(modelOutput: Float32Array, stepIndex: number, sample: Float32Array): Float32Array {
    const timestep = timesteps[stepIndex]!;
    const alphaBar = alphaBarAt(schedule, timestep);
    const nextAlphaBar = alphaBarAt(schedule, timestep - stride);
    const noise = predictNoise(schedule, modelOutput, alphaBar, sample);
    const clean = predictClean(schedule, modelOutput, alphaBar, sample);
    const kept = clips ? clipValues(clean, range) : clean;
    return combine(Math.sqrt(nextAlphaBar), kept, Math.sqrt(1 - nextAlphaBar), noise);
  }

  return { name: 'ddim', timesteps, initNoiseScale: 1, scaleInput: (sample) => sample, step };
}
