// AdamW over one flat parameter vector, as graph nodes.

import { add, div, mul, sqrt, sub } from '../graph/functions.ts';
import type { Tensor } from '../graph/tensor.ts';

export interface AdamWConfig {
  /** Decay of the mean of gradients, [0, 1). */
  readonly beta1: number;
  /** Decay of the mean of squared gradients, [0, 1). */
  readonly beta2: number;
  /** Added to the root of the second moment, > 0. */
  readonly epsilon: number;
  /** Decoupled decay, ≥ 0; each step multiplies the parameters by `1 − learningRate · weightDecay`. */
  readonly weightDecay: number;
}

/** PyTorch's defaults, which diffusers' training scripts use. */
export const ADAMW_DEFAULTS: AdamWConfig = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 1e-2 };

export interface AdamWState {
  /** Parameters [P]. */
  readonly params: Tensor;
  /** First moment [P]. */
  readonly m: Tensor;
  /** Second moment [P]. */
  readonly v: Tensor;
}

/** The scalars of one step, which the host computes: graphs have no step counter. */
export interface StepScalars {
  readonly learningRate: Tensor;
  /** `1 − beta1^t`, t counted from 1. */
  readonly correction1: Tensor;
  /** `√(1 − beta2^t)` */
  readonly correction2: Tensor;
}

/**
 * One AdamW step (Loshchilov & Hutter, 2019):
 * `m ← β₁m + (1−β₁)g`, `v ← β₂v + (1−β₂)g²`, `θ ← θ(1 − ηλ) − η · m/(1−β₁ᵗ) / (√v/√(1−β₂ᵗ) + ε)`.
 * The gradient is `scale · gradient`: clipping costs scalars here, not a pass over all parameters.
 *
 * @param gradient [P]
 * @param scale []
 */
export function adamw(
  state: AdamWState,
  gradient: Tensor,
  scale: Tensor,
  scalars: StepScalars,
  config: AdamWConfig,
): AdamWState {
  const { beta1, beta2, epsilon, weightDecay } = config;
  const { learningRate, correction1, correction2 } = scalars;
  const m = add(mul(state.m, beta1), mul(gradient, mul(scale, 1 - beta1)));
  const v = add(mul(state.v, beta2), mul(mul(gradient, gradient), mul(mul(scale, scale), 1 - beta2)));
  // η/c₁ · m / (√v/c₂ + ε) = (η c₂/c₁) · m / (√v + ε c₂): two passes over [P] fewer.
  const update = mul(div(m, add(sqrt(v), mul(correction2, epsilon))), div(mul(learningRate, correction2), correction1));
  const params = sub(mul(state.params, sub(1, mul(learningRate, weightDecay))), update);
  return { params, m, v };
}

/** The corrections of step `t` (from 1) for the graph's scalar inputs. */
export function adamwCorrections(
  { beta1, beta2 }: AdamWConfig,
  t: number,
): { correction1: number; correction2: number } {
  return { correction1: 1 - beta1 ** t, correction2: Math.sqrt(1 - beta2 ** t) };
}
