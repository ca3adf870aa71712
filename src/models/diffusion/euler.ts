// Euler steps along the noise level σ, in the variance-exploding scale x/√ᾱ (Karras et al., 2022, "Elucidating the
// design space of diffusion-based generative models", algorithm 2 without churn).

import { z } from 'zod';
import { karrasSigmas, timestepOfSigma } from './karras.ts';
import { field, notBuilt, readForSampler } from './published.ts';
import { combine, type Sampler, trainingSigmas } from './sampler.ts';
import type { Schedule } from './schedule.ts';
import { spaceTimesteps } from './spacing.ts';

const level = z.number().positive().nullish();

const fieldsSchema = z.looseObject({
  interpolation_type: z.literal('linear', { error: 'is not built here, expected "linear"' }).nullish(),
  use_karras_sigmas: field(z.boolean(), false),
  /** The ends of Karras' levels; without them those of the timesteps. */
  sigma_min: level,
  sigma_max: level,
  use_exponential_sigmas: notBuilt,
  use_beta_sigmas: notBuilt,
  /** Where the last step ends: without any noise, or at the level of timestep 0. */
  final_sigmas_type: field(z.enum(['zero', 'sigma_min']), 'zero'),
});

/** @throws CollimateError MODEL_CONFIG where the model's config has what cannot be followed, CONFIG where the schedule has no room for so many steps. */
export function createEuler(schedule: Schedule, steps: number): Sampler {
  const fields = readForSampler(fieldsSchema, schedule.published, 'euler');
  const training = trainingSigmas(schedule);
  const { timesteps, levels } = chooseLevels(schedule, steps, training, fields);
  const last = fields.final_sigmas_type === 'zero' ? 0 : training[0]!;
  const sigmas = [...levels, last].map(Math.fround);

  // The reference starts a leading schedule, which does not reach the highest noise, a little wider.
  const highest = sigmas[0]!;
  const initNoiseScale = schedule.config.timestep_spacing === 'leading' ? Math.hypot(highest, 1) : highest;

  function scaleInput(sample: Float32Array, stepIndex: number): Float32Array {
    const scale = 1 / Math.sqrt(sigmas[stepIndex]! ** 2 + 1);
    return sample.map((value) => value * scale);
  }

  function step(modelOutput: Float32Array, stepIndex: number, sample: Float32Array): Float32Array {
    const sigma = sigmas[stepIndex]!;
    const change = sigmas[stepIndex + 1]! - sigma;
    if (schedule.predictionType === 'epsilon') return combine(change, modelOutput, 1, sample);
    // From v, the slope (x − x₀)/σ is v/√(σ²+1) + x·σ/(σ²+1).
    const square = sigma ** 2 + 1;
    return combine(change / Math.sqrt(square), modelOutput, 1 + (change * sigma) / square, sample);
  }

  return { name: 'euler', timesteps, initNoiseScale, scaleInput, step };
}

function chooseLevels(
  schedule: Schedule,
  steps: number,
  training: readonly number[],
  fields: z.infer<typeof fieldsSchema>,
): { timesteps: number[]; levels: number[] } {
  const timesteps = spaceTimesteps(schedule, steps, { name: 'euler', usual: 'linspace', fractional: true });
  const levels = timesteps.map((timestep) => interpolate(training, timestep));
  if (!fields.use_karras_sigmas) return { timesteps, levels };
  const spaced = karrasSigmas(fields.sigma_max ?? levels[0]!, fields.sigma_min ?? levels.at(-1)!, steps);
  return { timesteps: spaced.map((sigma) => Math.fround(timestepOfSigma(sigma, training))), levels: spaced };
}

/** The value between two neighbours of a list at a fractional position. */
function interpolate(values: readonly number[], position: number): number {
  const below = Math.floor(position);
  const low = values[below]!;
  const high = values[below + 1] ?? low;
  return low + (high - low) * (position - below);
}
