// What samplers along the noise level σ share, in the variance-exploding scale x/√ᾱ (Karras et al., 2022, "Elucidating the
// design space of diffusion-based generative models"): which levels they visit, and the slope there.

import { timestepOfSigma } from './karras.ts';
import { type LevelFields, spacedLevels } from './levels.ts';
import { combine, trainingSigmas } from './sampler.ts';
import type { Schedule } from './schedule.ts';
import { spaceTimesteps } from './spacing.ts';

export interface SigmaSteps {
  /** What the network is told at each level; may be fractional. */
  readonly timesteps: readonly number[];
  /** The level of each timestep, and the one after the last. */
  readonly sigmas: readonly number[];
  readonly initNoiseScale: number;
}

interface StepOptions {
  readonly name: string;
  readonly fields: LevelFields;
  /** Whether the last step ends at the level of timestep 0, not without noise. */
  readonly endsNoisy?: boolean;
}

/** @throws CollimateError CONFIG where the schedule has no room for so many steps. */
export function sigmaSteps(schedule: Schedule, steps: number, options: StepOptions): SigmaSteps {
  const { name, fields, endsNoisy = false } = options;
  const training = trainingSigmas(schedule);
  const own = spaceTimesteps(schedule, steps, { name, usual: 'linspace', fractional: true });
  const levels = own.map((timestep) => interpolate(training, timestep));
  const spaced = spacedLevels(fields, [levels[0]!, levels.at(-1)!], steps);
  const timesteps = spaced ? spaced.map((sigma) => Math.fround(timestepOfSigma(sigma, training))) : own;
  const sigmas = [...(spaced ?? levels), endsNoisy ? training[0]! : 0].map(Math.fround);
  // The reference starts a leading schedule, which does not reach the highest noise, a little wider.
  const highest = sigmas[0]!;
  const initNoiseScale = schedule.config.timestep_spacing === 'leading' ? Math.hypot(highest, 1) : highest;
  return { timesteps, sigmas, initNoiseScale };
}

/** The sample as the network was trained to see it: `x/√(σ²+1)`. */
export function scaleBySigma(sample: Float32Array, sigma: number): Float32Array {
  const scale = 1 / Math.sqrt(sigma ** 2 + 1);
  return sample.map((value) => value * scale);
}

/** `x + change·(x − x̂₀)/σ`; from v, that slope is `v/√(σ²+1) + x·σ/(σ²+1)`. */
export function advance(
  schedule: Schedule,
  output: Float32Array,
  sigma: number,
  change: number,
  sample: Float32Array,
): Float32Array {
  if (schedule.predictionType === 'epsilon') return combine(change, output, 1, sample);
  const square = sigma ** 2 + 1;
  return combine(change / Math.sqrt(square), output, 1 + (change * sigma) / square, sample);
}

/** The value between two neighbours of a list at a fractional position. */
function interpolate(values: readonly number[], position: number): number {
  const below = Math.floor(position);
  const low = values[below]!;
  const high = values[below + 1] ?? low;
  return low + (high - low) * (position - below);
}
