// Euler steps along the noise level σ, in the variance-exploding scale x/√ᾱ (Karras et al., 2022, "Elucidating the
// design space of diffusion-based generative models", algorithm 2 without churn).

import { combine, type Sampler } from './sampler.ts';
import type { Schedule } from './schedule.ts';
import { spaceTimesteps } from './spacing.ts';

/** @throws CollimateError CONFIG where the schedule has no room for so many steps. */
export function createEuler(schedule: Schedule, steps: number): Sampler {
  const options = { name: 'euler', usual: 'linspace', least: 2, fractional: true } as const;
  const timesteps = spaceTimesteps(schedule, steps, options);
  const training = Array.from(schedule.alphasCumprod, (alphaBar) => Math.sqrt((1 - alphaBar) / alphaBar));
  const sigmas = [...timesteps.map((timestep) => Math.fround(interpolate(training, timestep))), 0];

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

/** The value between two neighbours of a list at a fractional position. */
function interpolate(values: readonly number[], position: number): number {
  const below = Math.floor(position);
  const low = values[below]!;
  const high = values[below + 1] ?? low;
  return low + (high - low) * (position - below);
}
