// The process of Stable Diffusion 3: `x_σ = (1−σ)·x₀ + σ·ε`, the network answering the velocity `ε − x₀` at the time 1000·σ
// (Esser et al., 2024, "Scaling rectified flow transformers for high-resolution image synthesis").

import { CollimateError } from '../../util/errors.ts';
import { createFlowEuler } from './flow-euler.ts';
import { createFlowHeun } from './flow-heun.ts';
import { type FlowSchedule, readFlowSchedule } from './flow-sigmas.ts';
import { ruleOf } from './levels.ts';
import type { NoiseProcess } from './process.ts';
import { combine, type Sampler } from './sampler.ts';
import { mixSamples } from './targets.ts';

const SAMPLERS: Readonly<Record<string, typeof createFlowEuler>> = {
  euler: createFlowEuler,
  heun: createFlowHeun,
};

/** The process of a published scheduler_config.json. @throws CollimateError MODEL_CONFIG */
export function rectifiedFlow(fields: Readonly<Record<string, unknown>>, where: string): NoiseProcess {
  const schedule = readFlowSchedule(fields, where);
  const { trainSteps } = schedule;
  const sigmaOf = (time: number) => time / trainSteps;
  return {
    samplers: Object.keys(SAMPLERS),
    published: schedule.sampler,
    /** Logit-normal over the training steps (section 3.1), at their shifted levels. */
    drawTime(rng, [from, to]) {
      const u = 1 / (1 + Math.exp(-rng.normals(1)[0]!));
      const step = Math.min(trainSteps - 1, Math.floor((from + u * (to - from)) * trainSteps));
      return Math.fround(trainSteps * schedule.shifted((step + 1) / trainSteps));
    },
    mix: (clean, noise, times) => {
      const sigmas = Float32Array.from(times, sigmaOf);
      return mixSamples(
        clean,
        noise,
        sigmas.map((sigma) => 1 - sigma),
        sigmas,
      );
    },
    target: (clean, noise) => combine(1, noise, -1, clean),
    /** `x̂₀ = x − σ·v` */
    clean: (times) => ({
      ofSample: new Float32Array(times.length).fill(1),
      ofOutput: Float32Array.from(times, (time) => -sigmaOf(time)),
    }),
    /** `min(SNR, γ)·σ²` with `SNR = (1−σ)²/σ²`: an error of the velocity is 1/σ of one of the clean sample. */
    weight(time, gamma) {
      const sigma = sigmaOf(time);
      return Math.min((1 - sigma) ** 2, gamma * sigma ** 2);
    },
    sampler: (name, steps) => chooseSampler(name)(schedule, steps),
    transitions() {
      throw new CollimateError(
        'CONFIG',
        'tune: policy gradients need steps that add noise, and on a model trained by flow matching those are not built here',
        'Tune it by another method, such as --method reward-weighted.',
      );
    },
    notes: (sampler) => describeFlow(schedule, sampler),
  };
}

function describeFlow({ rule, unknown }: FlowSchedule, sampler: string): string[] {
  const ruled = ruleOf(rule);
  return [
    ...(ruled && sampler !== 'euler'
      ? [`Fields of the model's scheduler that ${sampler} takes no notice of: ${ruled}: true.`]
      : []),
    ...(unknown.length > 0
      ? [`Fields of the model's scheduler that nothing here knows are passed over: ${unknown.join(', ')}.`]
      : []),
  ];
}

function chooseSampler(name: string): (...args: Parameters<typeof createFlowEuler>) => Sampler {
  if (Object.hasOwn(SAMPLERS, name)) return SAMPLERS[name]!;
  const known = Object.keys(SAMPLERS).join(', ');
  throw new CollimateError(
    'CONFIG',
    `generate.sampler: expected ${known}, since this model was trained by flow matching, got ${name}`,
    `Choose --sampler ${Object.keys(SAMPLERS)[0]}, or set generate.sampler in collimate.yaml.`,
  );
}
