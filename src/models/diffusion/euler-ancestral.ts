// Euler steps that go below the next noise level and add noise up to it: as much as the forward process would (Karras et
// al., 2022, in the form that k-diffusion calls ancestral; diffusers' EulerAncestralDiscreteScheduler).

import { z } from 'zod';
import type { Sampler } from './sampler.ts';
import type { Schedule } from './schedule.ts';
import { advance, scaleBySigma, sigmaSteps } from './sigma-steps.ts';

/** It reads nothing of its own: its class knows no other levels than those of the timesteps. */
export const eulerAncestralFields = z.looseObject({});

/** @throws CollimateError CONFIG where the schedule has no room for so many steps. */
export function createEulerAncestral(schedule: Schedule, steps: number): Sampler {
  const name = 'euler-ancestral';
  const fields = { use_karras_sigmas: false, use_exponential_sigmas: false };
  const { timesteps, sigmas, initNoiseScale } = sigmaSteps(schedule, steps, { name, fields });
  const parts = timesteps.map((_, i) => ancestral(sigmas[i]!, sigmas[i + 1]!));
  return {
    name,
    timesteps,
    initNoiseScale,
    noiseAdded: parts.map(({ up }) => up),
    scaleInput: (sample, i) => scaleBySigma(sample, sigmas[i]!),
    step: (output, i, sample) => advance(schedule, output, sigmas[i]!, parts[i]!.down - sigmas[i]!, sample),
  };
}

/** `σ_up² + σ_down² = σ_to²`, `σ_up² = σ_to²·(σ² − σ_to²)/σ²`. */
function ancestral(from: number, to: number): { up: number; down: number } {
  const up = Math.sqrt((to ** 2 * (from ** 2 - to ** 2)) / from ** 2);
  return { up, down: Math.sqrt(to ** 2 - up ** 2) };
}
