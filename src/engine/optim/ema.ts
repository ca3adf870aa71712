// Exponential moving average of the parameters, as graph nodes.

import { add, mul, sub } from '../graph/functions.ts';
import type { Tensor } from '../graph/tensor.ts';

/** `ema ← d · ema + (1 − d) · params` */
export function updateEma(ema: Tensor, params: Tensor, decay: Tensor): Tensor {
  return add(mul(ema, decay), mul(params, sub(1, decay)));
}

/** The decay of step `t` (from 1): `min(decay, (1 + t)/(10 + t))`, so that early averages forget the start (as diffusers' EMAModel). */
export function emaDecayAt(decay: number, t: number): number {
  return Math.min(decay, (1 + t) / (10 + t));
}
