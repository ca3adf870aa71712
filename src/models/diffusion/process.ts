// What noise does to latents, and how it is taken away again: what training, drawing and policy gradients know of it. A time
// is what the network is told; only a process knows what it means.

import type { Random } from '../../util/random.ts';
import type { Sampler } from './sampler.ts';
import type { Transition } from './stochastic-ddim.ts';

/** How a family of models adds noise and removes it. Latents and noise are [B, …], times [B]. */
export interface NoiseProcess {
  /** The samplers that draw by it; the usual one first. */
  readonly samplers: readonly string[];
  /** The one that computes what the published scheduler's class does; none where that is not built, or not told. */
  readonly published: string | undefined;
  /** A time to train at, from the part of the process that `range` names: 0 is clean, 1 is noise alone. */
  drawTime(rng: Random, range: readonly [number, number]): number;
  /** Latents with as much noise as there is at each time. */
  mix(clean: Float32Array, noise: Float32Array, times: ArrayLike<number>): Float32Array;
  /** What the network is to answer to `mix`. */
  target(clean: Float32Array, noise: Float32Array, times: ArrayLike<number>): Float32Array;
  /** The clean sample that an output stands for, as factors of what the network saw and of its output: `x̂₀ = a·x + b·o`, [B] each. */
  clean(times: ArrayLike<number>): { readonly ofSample: Float32Array; readonly ofOutput: Float32Array };
  /** The factor of the loss at a time by Min-SNR-γ (Hang et al., 2023). */
  weight(time: number, gamma: number): number;
  /**
   * A sampler by name.
   *
   * @throws CollimateError CONFIG where it does not suit, or not for so many steps; MODEL_CONFIG where the published scheduler
   * says what it cannot follow.
   */
  sampler(name: string, steps: number): Sampler;
  /**
   * The steps of drawing as draws whose likelihood is known.
   *
   * @throws CollimateError CONFIG where there are none, with the reason.
   */
  transitions(steps: number, eta?: number): Transition[];
  /** Lines for people about what of the published scheduler is replaced or passed over with that sampler. */
  notes(sampler: string): string[];
}
