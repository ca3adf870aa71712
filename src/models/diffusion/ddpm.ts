// The reverse process as it was trained: each step draws from the posterior of the next level, given the estimate of the
// clean sample (Ho et al., 2020, "Denoising diffusion probabilistic models", equations 6 and 7), over fewer steps.

import { z } from 'zod';
import { field, notBuilt, readForSampler } from './published.ts';
import { checkSignal, clipValues, combine, predictClean, type Sampler } from './sampler.ts';
import type { Schedule } from './schedule.ts';
import { spaceTimesteps } from './spacing.ts';

export const ddpmFields = z.looseObject({
  /** Old files leave it out, and Stable Diffusion's pipelines then assume that it is off. */
  clip_sample: field(z.boolean(), false),
  clip_sample_range: field(z.number().positive(), 1),
  /** The posterior's variance, or that of the forward step. */
  variance_type: field(
    z.enum(['fixed_small', 'fixed_small_log', 'fixed_large'], {
      error: 'is not built here, expected fixed_small, fixed_small_log or fixed_large',
    }),
    'fixed_small',
  ),
  thresholding: notBuilt,
});

/** Variances below it are taken for it, as in the reference. */
const LEAST_VARIANCE = 1e-20;

/** @throws CollimateError MODEL_CONFIG where the model's config has what cannot be followed, CONFIG where the schedule has no room for so many steps. */
export function createDdpm(schedule: Schedule, steps: number): Sampler {
  const fields = readForSampler(ddpmFields, schedule.published, 'ddpm');
  const timesteps = spaceTimesteps(schedule, steps, { name: 'ddpm', usual: 'leading' });
  checkSignal('ddpm', schedule, timesteps);
  const parts = timesteps.map((timestep, i) => posterior(schedule, timestep, timesteps[i + 1] ?? -1));

  function step(output: Float32Array, i: number, sample: Float32Array): Float32Array {
    const { alphaBar, ofClean, ofSample } = parts[i]!;
    const clean = predictClean(schedule, output, alphaBar, sample);
    return combine(ofClean, fields.clip_sample ? clipValues(clean, fields.clip_sample_range) : clean, ofSample, sample);
  }

  const variances = parts.map(({ small, large }) => (fields.variance_type === 'fixed_large' ? large : small));
  return {
    name: 'ddpm',
    timesteps,
    initNoiseScale: 1,
    noiseAdded: variances.map((variance, i) => (timesteps[i] === 0 ? 0 : Math.sqrt(variance))),
    scaleInput: (sample) => sample,
    step,
  };
}

/** The mean's weights and the two variances on the way from one timestep to another. */
function posterior({ alphasCumprod }: Schedule, from: number, to: number) {
  const alphaBar = alphasCumprod[from]!;
  const next = to < 0 ? 1 : alphasCumprod[to]!;
  const alpha = alphaBar / next;
  const beta = 1 - alpha;
  const left = (1 - next) / (1 - alphaBar);
  return {
    alphaBar,
    ofClean: (Math.sqrt(next) * beta) / (1 - alphaBar),
    ofSample: Math.sqrt(alpha) * left,
    small: Math.max(LEAST_VARIANCE, left * beta),
    large: beta,
  };
}
