// Pictures drawn as chains of random steps, with what a policy gradient needs of each step.

import type { Transition } from '../../../models/diffusion/stochastic-ddim.ts';
import type { Random } from '../../../util/random.ts';

/** Steps of denoising, one a row: those of the first timestep for all pictures, then those of the second, … . */
export interface Steps {
  /** The picture of each step, [n]. */
  readonly pictures: Int32Array;
  /** What the network saw, [n, C·h·w]. */
  readonly latents: Float32Array;
  /** The output that would have made the drawn step the likeliest one, `o + σ/push·z`, [n, C·h·w]. */
  readonly target: Float32Array;
  /** [n] */
  readonly timesteps: Float32Array;
  /** `push²/(2σ²)`, [n]. */
  readonly kappa: Float32Array;
  /** `mean z²/2`, [n]. */
  readonly before: Float32Array;
}

export interface Rollout {
  readonly steps: Steps;
  /** Of the pictures, [pictures, C·h·w]. */
  readonly latents: Float32Array;
}

export interface RolloutOptions {
  readonly transitions: readonly Transition[];
  /** Noise of each picture. */
  readonly streams: readonly Random[];
  /** C·h·w */
  readonly length: number;
  /** The network's guided output for all pictures at one timestep, [pictures, C·h·w]. */
  predict(latents: Float32Array, timestep: number): Promise<Float32Array>;
}

/** Draws all pictures. Steps without noise, such as the last of some schedules, are taken but not learned from. */
export async function rollOut({ transitions, streams, length, predict }: RolloutOptions): Promise<Rollout> {
  const pictures = streams.length;
  const learned = transitions.filter(({ sigma }) => sigma > 0).length * pictures;
  const steps: Steps = {
    pictures: new Int32Array(learned),
    latents: new Float32Array(learned * length),
    target: new Float32Array(learned * length),
    timesteps: new Float32Array(learned),
    kappa: new Float32Array(learned),
    before: new Float32Array(learned),
  };
  let latents = new Float32Array(pictures * length);
  streams.forEach((stream, i) => {
    latents.set(stream.normals(length), i * length);
  });
  let row = 0;
  for (const { timestep, keep, push, sigma } of transitions) {
    const output = await predict(latents, timestep);
    const next = latents.map((value, k) => keep * value + push * output[k]!);
    for (const [i, stream] of sigma > 0 ? streams.entries() : []) {
      const noise = stream.normals(length);
      const at = i * length;
      steps.pictures[row] = i;
      steps.timesteps[row] = timestep;
      steps.kappa[row] = push ** 2 / (2 * sigma ** 2);
      steps.before[row] = noise.reduce((sum, z) => sum + z * z, 0) / (2 * length);
      steps.latents.set(latents.subarray(at, at + length), row * length);
      noise.forEach((z, k) => {
        next[at + k]! += sigma * z;
        steps.target[row * length + k] = output[at + k]! + (sigma / push) * z;
      });
      row++;
    }
    latents = next;
  }
  return { steps, latents };
}
