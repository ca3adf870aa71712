// The process of Stable Diffusion 1.x, 2.x and XL: `x_t = √ᾱ·x₀ + √(1−ᾱ)·ε` over whole timesteps, the network answering ε or v.

import type { NoiseProcess } from './process.ts';
import { createSampler, SAMPLER_NAMES } from './samplers.ts';
import { createSchedule } from './schedule.ts';
import { samplerOfClass } from './scheduler-classes.ts';
import { describeScheduler } from './scheduler-notes.ts';
import { minSnrWeight } from './snr.ts';
import { stochasticDdim } from './stochastic-ddim.ts';
import { addNoise, noiseCoefficients, predictionTarget } from './targets.ts';

/** The process of a published scheduler_config.json. @throws CollimateError MODEL_CONFIG */
export function variancePreserving(fields: Readonly<Record<string, unknown>>, where: string): NoiseProcess {
  const schedule = createSchedule(fields, where);
  return {
    samplers: SAMPLER_NAMES,
    published: samplerOfClass(fields),
    drawTime(rng, range) {
      const [first, end] = range.map((share) => Math.round(share * schedule.trainSteps)) as [number, number];
      return first + rng.int(Math.max(1, end - first));
    },
    mix: (clean, noise, times) => addNoise(schedule, clean, noise, times),
    target: (clean, noise, times) => predictionTarget(schedule, clean, noise, times),
    /** `(x − √(1−ᾱ)·ε)/√ᾱ` where the network predicts noise, `√ᾱ·x − √(1−ᾱ)·v` where it predicts velocity. */
    clean(times) {
      const { signal, noise } = noiseCoefficients(schedule, times);
      if (schedule.predictionType !== 'epsilon') return { ofSample: signal, ofOutput: noise.map((value) => -value) };
      return { ofSample: signal.map((value) => 1 / value), ofOutput: noise.map((value, i) => -value / signal[i]!) };
    },
    weight: (time, gamma) => minSnrWeight(schedule, time, gamma),
    sampler: (name, steps) => createSampler(name, schedule, steps),
    transitions: (steps, eta) => stochasticDdim(schedule, steps, eta),
    notes: (sampler) => describeScheduler(fields, sampler),
  };
}
