// What every sampler has in common: it says which timesteps to ask the network about, and turns each answer into the
// next, less noisy sample. A sampler runs no network and draws no random numbers: where it wants noise it says how much.

import { CollimateError } from '../../util/errors.ts';
import type { Schedule } from './schedule.ts';

/** A sampler for a set number of steps; call `step` with 0, 1, 2, … in order. Step 0 forgets an earlier run. */
export interface Sampler {
  readonly name: string;
  /** What the network is told, call by call; may be fractional, and more calls than steps (PNDM, Heun). */
  readonly timesteps: readonly number[];
  /** The standard deviation of the noise that sampling starts from. */
  readonly initNoiseScale: number;
  /** The deviation of the noise that is to be added to what each call of `step` gives; none adds none. */
  readonly noiseAdded?: readonly number[];
  /** The sample as the network was trained to see it. */
  scaleInput(sample: Float32Array, stepIndex: number): Float32Array;
  /**
   * The next sample, from the network's output at `timesteps[stepIndex]`.
   *
   * @throws CollimateError SHAPE where the sizes differ.
   */
  step(modelOutput: Float32Array, stepIndex: number, sample: Float32Array): Float32Array;
}

/** `a·x + b·y`, rounded once. */
export function combine(a: number, x: Float32Array, b: number, y: Float32Array): Float32Array {
  if (x.length !== y.length)
    throw new CollimateError('SHAPE', `sampler: expected a model output of ${y.length} numbers, got ${x.length}`);
  const result = new Float32Array(x.length);
  for (let i = 0; i < x.length; i++) result[i] = a * x[i]! + b * y[i]!;
  return result;
}

/** @throws CollimateError CONFIG where the number of steps is not one that the schedule allows. */
export function checkSteps(name: string, steps: number, least: number, most: number): void {
  if (Number.isInteger(steps) && steps >= least && steps <= most) return;
  throw new CollimateError(
    'CONFIG',
    `${name}: expected a whole number of steps from ${least} to ${most}, got ${steps}`,
    'Choose another number of inference steps; 20 to 50 are usual.',
  );
}

/** `ᾱ` at a timestep, or after the last step where it lies before timestep 0. */
export function alphaBarAt(schedule: Schedule, timestep: number): number {
  return timestep < 0 ? schedule.finalAlphaCumprod : schedule.alphasCumprod[timestep]!;
}

/** `ᾱ` of a timestep without any signal, for samplers that divide by it. The reference has the same. */
const LEAST_SIGNAL = 2 ** -24;

/** `ᾱ` as a number to divide by. */
export function someSignal(alphaBar: number): number {
  return alphaBar === 0 ? LEAST_SIGNAL : alphaBar;
}

/** `σ/α = √((1−ᾱ)/ᾱ)` at each training timestep. */
export function trainingSigmas({ alphasCumprod }: Schedule): number[] {
  return Array.from(alphasCumprod, someSignal).map((alphaBar) => Math.sqrt((1 - alphaBar) / alphaBar));
}

/** @throws CollimateError CONFIG where the network is to predict noise from noise alone, which leaves nothing to draw. */
export function checkSignal(name: string, schedule: Schedule, timesteps: readonly number[]): void {
  if (schedule.predictionType === 'v_prediction') return;
  const empty = timesteps.find((timestep) => alphaBarAt(schedule, timestep) === 0);
  if (empty === undefined) return;
  throw new CollimateError(
    'CONFIG',
    `${name}: expected some signal at timestep ${empty}, got none (rescale_betas_zero_snr), which a network that predicts noise cannot start from`,
    'Set timestep_spacing to leading in the scheduler_config.json, or use a model that predicts velocities.',
  );
}

/** The predicted clean sample: `(x − √(1−ᾱ)·ε) / √ᾱ`, or `√ᾱ·x − √(1−ᾱ)·v`. */
export function predictClean(
  schedule: Schedule,
  output: Float32Array,
  alphaBar: number,
  sample: Float32Array,
): Float32Array {
  const signal = Math.sqrt(alphaBar);
  const noise = Math.sqrt(1 - alphaBar);
  if (schedule.predictionType === 'v_prediction') return combine(-noise, output, signal, sample);
  return combine(-noise / signal, output, 1 / signal, sample);
}

/** The predicted noise: `ε` itself, or `√ᾱ·v + √(1−ᾱ)·x`. */
export function predictNoise(
  schedule: Schedule,
  output: Float32Array,
  alphaBar: number,
  sample: Float32Array,
): Float32Array {
  if (schedule.predictionType === 'epsilon') return output;
  return combine(Math.sqrt(alphaBar), output, Math.sqrt(1 - alphaBar), sample);
}

/** Each number held within ±`range`. */
export function clipValues(values: Float32Array, range: number): Float32Array {
  return values.map((value) => Math.min(range, Math.max(-range, value)));
}

/** numpy's rounding: ties go to the even neighbour. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
