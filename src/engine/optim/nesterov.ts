// The outer optimiser of training in rounds (Douillard et al., 2023): plain loops over arrays, so that a step takes no memory
// of its own and gives the same bytes on every machine.

export interface NesterovConfig {
  readonly learningRate: number;
  /** μ, from 0 to below 1. */
  readonly momentum: number;
}

/** Adds `(start − end) / parts` to `drift`, all [P]: what one of the parts of a round came to, as a gradient points. */
export function addDrift(drift: Float32Array, start: Float32Array, end: Float32Array, parts: number): void {
  for (let i = 0; i < drift.length; i++) drift[i] = drift[i]! + (start[i]! - end[i]!) / parts;
}

/** `v ← μ·v + g`, `params ← params − η·(g + μ·v)` in place, all [P] (as SGD of PyTorch with nesterov). */
export function nesterovStep(
  params: Float32Array,
  velocity: Float32Array,
  gradient: Float32Array,
  { learningRate, momentum }: NesterovConfig,
): void {
  for (let i = 0; i < params.length; i++) {
    const slope = gradient[i]!;
    velocity[i] = momentum * velocity[i]! + slope;
    params[i] = params[i]! - learningRate * (slope + momentum * velocity[i]!);
  }
}
