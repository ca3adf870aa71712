// PNDM (Liu et al., 2022, "Pseudo numerical methods for diffusion models", equations 9, 12 and 13). As Stable Diffusion uses
// it: linear multistep from the second step on, with the first step taken twice. As published: three steps of Runge–Kutta first.

import { z } from 'zod';
import { notBuilt, readForSampler } from './published.ts';
import { alphaBarAt, checkSteps, combine, predictNoise, type Sampler } from './sampler.ts';
import type { Schedule } from './schedule.ts';
import { spaceTimesteps } from './spacing.ts';

/** Adams–Bashforth weights of the last outputs, newest first. */
const WEIGHTS: readonly (readonly number[])[] = [
  [1],
  [3 / 2, -1 / 2],
  [23 / 12, -16 / 12, 5 / 12],
  [55 / 24, -59 / 24, 37 / 24, -9 / 24],
];

export const pndmFields = z.looseObject({
  skip_prk_steps: z.boolean().nullish(),
  rescale_betas_zero_snr: notBuilt,
});

/** @throws CollimateError MODEL_CONFIG where the model's config has what cannot be followed, CONFIG where the schedule has no room for so many steps. */
export function createPndm(schedule: Schedule, steps: number): Sampler {
  const { fields } = schedule.published;
  const { skip_prk_steps } = readForSampler(pndmFields, schedule.published, 'pndm');
  const spaced = spaceTimesteps(schedule, steps, { name: 'pndm', usual: 'leading' });
  const stride = Math.floor(schedule.trainSteps / steps);
  // What a file leaves out is as in the class that it names; other files are of models that never heard of Runge–Kutta.
  if (!(skip_prk_steps ?? fields._class_name !== 'PNDMScheduler')) return startWithRungeKutta(schedule, spaced, stride);
  // The second timestep comes twice: its first answer corrects the first step, which is then taken anew.
  const timesteps = steps === 1 ? spaced : [...spaced.slice(0, 2), ...spaced.slice(1)];
  let outputs: Float32Array[] = [];
  let firstSample: Float32Array = new Float32Array(0);

  function step(modelOutput: Float32Array, stepIndex: number, sample: Float32Array): Float32Array {
    const timestep = timesteps[stepIndex]!;
    if (stepIndex === 1) {
      const average = combine(0.5, modelOutput, 0.5, outputs[0]!);
      return transfer(schedule, average, firstSample, timestep + stride, timestep);
    }
    if (stepIndex === 0) {
      outputs = [];
      firstSample = sample;
    }
    outputs = [modelOutput, ...outputs].slice(0, 4);
    return transfer(schedule, weigh(outputs), sample, timestep, timestep - stride);
  }

  return { name: 'pndm', timesteps, initNoiseScale: 1, scaleInput: (sample) => sample, step };
}

const WARM_STEPS = 3;

/** Equation 13: four calls for each of the first three steps, then equation 12. */
function startWithRungeKutta(schedule: Schedule, spaced: readonly number[], stride: number): Sampler {
  checkSteps('pndm with skip_prk_steps: false', spaced.length, WARM_STEPS + 1, schedule.trainSteps);
  const half = Math.floor(stride / 2);
  const calls = spaced.slice(0, WARM_STEPS).flatMap((from, i) => {
    const to = spaced[i + 1]!;
    return [from, to + half, to + half, to];
  });
  const timesteps = [...calls, ...spaced.slice(WARM_STEPS)];
  let outputs: Float32Array[] = [];
  let [firstSample, slope]: Float32Array[] = [];

  function step(modelOutput: Float32Array, stepIndex: number, sample: Float32Array): Float32Array {
    const timestep = timesteps[stepIndex]!;
    const call = stepIndex % 4;
    if (stepIndex === 0) outputs = [];
    if (stepIndex >= calls.length || call === 0) outputs = [modelOutput, ...outputs].slice(0, 4);
    if (stepIndex >= calls.length) return transfer(schedule, weigh(outputs), sample, timestep, timestep - stride);
    if (call === 0) firstSample = sample;
    slope =
      call === 0 ? modelOutput.map((value) => value / 6) : combine(call === 3 ? 1 / 6 : 1 / 3, modelOutput, 1, slope!);
    const to = call % 2 === 0 ? timestep - half : timestep;
    return transfer(schedule, call === 3 ? slope : modelOutput, firstSample!, timesteps[stepIndex - call]!, to);
  }

  return { name: 'pndm', timesteps, initNoiseScale: 1, scaleInput: (sample) => sample, step };
}

function weigh(outputs: readonly Float32Array[]): Float32Array {
  const weights = WEIGHTS[outputs.length - 1]!;
  return outputs[0]!.map((_, i) => weights.reduce((sum, weight, k) => sum + weight * outputs[k]![i]!, 0));
}

/** Equation 9: the sample at timestep `to`, had the noise been the same all the way from `from`. */
function transfer(
  schedule: Schedule,
  output: Float32Array,
  sample: Float32Array,
  from: number,
  to: number,
): Float32Array {
  const alphaBar = alphaBarAt(schedule, from);
  const nextAlphaBar = alphaBarAt(schedule, to);
  const noise = predictNoise(schedule, output, alphaBar, sample);
  const divisor = alphaBar * Math.sqrt(1 - nextAlphaBar) + Math.sqrt(alphaBar * (1 - alphaBar) * nextAlphaBar);
  return combine((alphaBar - nextAlphaBar) / divisor, noise, Math.sqrt(nextAlphaBar / alphaBar), sample);
}
