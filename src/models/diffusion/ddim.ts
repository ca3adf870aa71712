// DDIM without added noise: each step estimates the clean sample and re-noises it to the next level
// (Song et al., 2021, "Denoising diffusion implicit models", equation 12 with η = 0).

import { alphaBarAt, combine, predictClean, predictNoise, type Sampler } from './sampler.ts';
import type { Schedule } from './schedule.ts';
import { spaceTimesteps } from './spacing.ts';

/** @throws CollimateError CONFIG where the schedule has no room for so many steps. */
export function createDdim(schedule: Schedule, steps: number): Sampler {
  const timesteps = spaceTimesteps(schedule, steps, { name: 'ddim', usual: 'leading' });
  const stride = Math.floor(schedule.trainSteps / steps);

  function step(modelOutput: Float32Array, stepIndex: number, sample: Float32Array): Float32Array {
    const timestep = timesteps[stepIndex]!;
    const alphaBar = alphaBarAt(schedule, timestep);
    const nextAlphaBar = alphaBarAt(schedule, timestep - stride);
    const noise = predictNoise(schedule, modelOutput, alphaBar, sample);
    const clean = predictClean(schedule, modelOutput, alphaBar, sample);
    const kept = schedule.config.clip_sample ? clean.map((value) => Math.min(1, Math.max(-1, value))) : clean;
    return combine(Math.sqrt(nextAlphaBar), kept, Math.sqrt(1 - nextAlphaBar), noise);
  }

  return { name: 'ddim', timesteps, initNoiseScale: 1, scaleInput: (sample) => sample, step };
}
