// Latent consistency models: each step jumps to the clean sample and adds noise up to the next level, so that a few steps do
// (Luo et al., 2023, "Latent consistency models", algorithm 1). For networks that were distilled for it, such as by an LCM-LoRA.

import { z } from 'zod';
import { field, notBuilt, readForSampler } from './published.ts';
import { checkSignal, checkSteps, clipValues, combine, predictClean, type Sampler } from './sampler.ts';
import type { Schedule } from './schedule.ts';

export const lcmFields = z.looseObject({
  /** How many timesteps the distillation knew; samplers visit some of them. */
  original_inference_steps: field(z.int().min(1), 50),
  /** How soon a jump weighs all. */
  timestep_scaling: field(z.number().positive(), 10),
  clip_sample: field(z.boolean(), false),
  clip_sample_range: field(z.number().positive(), 1),
  thresholding: notBuilt,
});

/** The deviation of the data that the jump's weights are made for. */
const SPREAD = 0.5;

/** @throws CollimateError MODEL_CONFIG where the model's config has what cannot be followed, CONFIG where the distillation knew fewer steps. */
export function createLcm(schedule: Schedule, steps: number): Sampler {
  const fields = readForSampler(lcmFields, schedule.published, 'lcm');
  const known = Math.min(fields.original_inference_steps, schedule.trainSteps);
  checkSteps('lcm', steps, 1, known);
  const stride = Math.floor(schedule.trainSteps / known);
  const timesteps = Array.from({ length: steps }, (_, i) => (known - Math.floor((i * known) / steps)) * stride - 1);
  checkSignal('lcm', schedule, timesteps);

  function step(output: Float32Array, i: number, sample: Float32Array): Float32Array {
    const timestep = timesteps[i]!;
    const clean = predictClean(schedule, output, schedule.alphasCumprod[timestep]!, sample);
    const kept = fields.clip_sample ? clipValues(clean, fields.clip_sample_range) : clean;
    const scaled = timestep * fields.timestep_scaling;
    const square = scaled ** 2 + SPREAD ** 2;
    const next = i + 1 < steps ? Math.sqrt(schedule.alphasCumprod[timesteps[i + 1]!]!) : 1;
    return combine((next * scaled) / Math.sqrt(square), kept, (next * SPREAD ** 2) / square, sample);
  }

  return {
    name: 'lcm',
    timesteps,
    initNoiseScale: 1,
    noiseAdded: timesteps.map((_, i) =>
      i + 1 < steps ? Math.sqrt(1 - schedule.alphasCumprod[timesteps[i + 1]!]!) : 0,
    ),
    scaleInput: (sample) => sample,
    step,
  };
}
