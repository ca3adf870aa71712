// DDIM that adds noise: what a policy gradient needs, since each step is then a draw whose likelihood is known.

import { z } from 'zod';
import { notBuilt, readPublished } from './published.ts';
import { alphaBarAt, checkSignal } from './sampler.ts';
import type { Schedule } from './schedule.ts';
import { spaceTimesteps } from './spacing.ts';

/** What would make the mean of a step no longer linear in the network's output. */
const fieldsSchema = z.looseObject({
  clip_sample: z.literal(false, { error: 'steps whose likelihood is known do not clip, expected false' }).nullish(),
  thresholding: notBuilt,
});

/** One step: the next sample is a draw of `N(keep·x + push·o, σ²)`, `o` the network's output for the sample `x`. */
export interface Transition {
  readonly timestep: number;
  readonly keep: number;
  readonly push: number;
  /** σ; 0 where the step is a certain one, such as the last of schedules that end without noise. */
  readonly sigma: number;
}

/**
 * The steps of DDIM with `σ² = η²·(1−ᾱ')/(1−ᾱ)·(1−ᾱ/ᾱ')`, ᾱ' being the next level (Song et al., 2021, equations 12 and 16). The
 * mean `√ᾱ'·x̂₀ + √(1−ᾱ'−σ²)·ε̂` is linear in the network's output, of either prediction type, so two numbers say it.
 *
 * @param eta 1 adds as much noise as the forward process took for granted (DDPM), 0 none.
 * @throws CollimateError MODEL_CONFIG where the model's config clips samples, CONFIG where the schedule has no room for so many steps.
 */
export function stochasticDdim(schedule: Schedule, steps: number, eta = 1): Transition[] {
  const stride = Math.floor(schedule.trainSteps / steps);
  const hint = 'Tune by another method, or change the field where it is wrong.';
  readPublished(fieldsSchema, schedule.published, 'stochastic ddim: scheduler', hint);
  const timesteps = spaceTimesteps(schedule, steps, { name: 'ddim', usual: 'leading' });
  checkSignal('ddim', schedule, timesteps);
  return timesteps.map((timestep) => {
    const alphaBar = alphaBarAt(schedule, timestep);
    const next = alphaBarAt(schedule, timestep - stride);
    const variance = eta ** 2 * ((1 - next) / (1 - alphaBar)) * (1 - alphaBar / next);
    const [signal, noise] = [Math.sqrt(alphaBar), Math.sqrt(1 - alphaBar)];
    const direction = Math.sqrt(Math.max(0, 1 - next - variance));
    // x̂₀ = a·x + b·o and ε̂ = c·x + d·o.
    const [a, b, c, d] =
      schedule.predictionType === 'v_prediction'
        ? [signal, -noise, noise, signal]
        : [1 / signal, -noise / signal, 0, 1];
    return {
      timestep,
      keep: Math.sqrt(next) * a + direction * c,
      push: Math.sqrt(next) * b + direction * d,
      sigma: Math.sqrt(Math.max(0, variance)),
    };
  });
}
