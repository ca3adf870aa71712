// The denoising loop: noise in, latents out. The network is a callback, so nothing here knows how it is run.

import { CollimateError } from '../../util/errors.ts';
import type { Random } from '../../util/random.ts';
import { combine, type Sampler } from './sampler.ts';

/** The network's outputs for the prompt and, where guidance is used, for the empty prompt. */
export type Prediction = { conditional: Float32Array; unconditional?: Float32Array };

export type DenoiseOptions = {
  sampler: Sampler;
  /** Where to start, such as `initialLatents` gives: noise times the sampler's `initNoiseScale`. */
  init: Float32Array;
  /** Asks the network about latents, already scaled for it, at one timestep. */
  predict: (latents: Float32Array, timestep: number) => Promise<Prediction> | Prediction;
  /** 1 or less: the prompt's prediction alone. */
  guidanceScale: number;
  /** Standard normal numbers for a call of the sampler, as many as `init` has; for samplers that add noise. */
  noise?: (stepIndex: number) => Float32Array;
  /** Called after each step; an error thrown here ends the loop. */
  onStep?: (progress: DenoiseProgress) => void;
};

/** `step` counts from 1 to `steps`; `latents` are those after the step. */
export type DenoiseProgress = { step: number; steps: number; timestep: number; latents: Float32Array };

/** Classifier-free guidance: `uncond + scale·(cond − uncond)` (Ho and Salimans, 2022, equation 6). */
export function guide(unconditional: Float32Array, conditional: Float32Array, scale: number): Float32Array {
  return combine(scale, conditional, 1 - scale, unconditional);
}

/**
 * Starting noise of a batch, one stream an image, so that an image does not depend on what it is drawn beside.
 *
 * @param streams one for each image, such as `random(seed, 'latents')`.
 * @param length numbers in one image's latents.
 * @param scale the sampler's `initNoiseScale`.
 * @returns [streams · length]
 */
export function initialLatents(streams: readonly Random[], length: number, scale: number): Float32Array {
  const latents = new Float32Array(streams.length * length);
  streams.forEach((stream, image) => {
    const noise = stream.normals(length);
    for (let i = 0; i < length; i++) latents[image * length + i] = noise[i]! * scale;
  });
  return latents;
}

/**
 * Runs all steps of a sampler and returns the last latents.
 *
 * @throws CollimateError NON_FINITE as soon as a latent is NaN or infinite, USAGE where guidance or a sampler that adds noise has nothing to go by.
 */
export async function denoise(options: DenoiseOptions): Promise<Float32Array> {
  const { sampler, predict, guidanceScale, onStep } = options;
  let latents = options.init;
  for (const [index, timestep] of sampler.timesteps.entries()) {
    const prediction = await predict(sampler.scaleInput(latents, index), timestep);
    latents = addNoise(options, index, sampler.step(chooseOutput(prediction, guidanceScale), index, latents));
    checkFinite(latents, sampler.name, timestep);
    onStep?.({ step: index + 1, steps: sampler.timesteps.length, timestep, latents });
  }
  return latents;
}

function addNoise({ sampler, noise }: DenoiseOptions, index: number, latents: Float32Array): Float32Array {
  const deviation = sampler.noiseAdded?.[index] ?? 0;
  if (deviation === 0) return latents;
  if (noise) return combine(deviation, noise(index), 1, latents);
  throw new CollimateError(
    'USAGE',
    `denoise: expected noise for ${sampler.name}, which adds some after step ${index}, got none`,
    'Give the option noise, such as numbers of random(seed, index).',
  );
}

function chooseOutput({ conditional, unconditional }: Prediction, scale: number): Float32Array {
  if (scale <= 1) return conditional;
  if (unconditional !== undefined) return guide(unconditional, conditional, scale);
  throw new CollimateError(
    'USAGE',
    `denoise: expected a prediction for the empty prompt with guidance ${scale}, got none`,
    'Predict both, or set the guidance to 1.',
  );
}

function checkFinite(latents: Float32Array, name: string, timestep: number): void {
  const bad = latents.findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return;
  throw new CollimateError(
    'NON_FINITE',
    `${name}: latent ${bad} became ${latents[bad]} at timestep ${timestep}`,
    "The model's weights are damaged, or its training went astray: try an earlier checkpoint.",
  );
}
