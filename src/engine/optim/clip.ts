// Clipping of the gradient by its global norm, as graph nodes.

import { add, div, minimum, mul, scalar, sqrt, sum } from '../graph/functions.ts';
import type { Tensor } from '../graph/tensor.ts';

/**
 * The norm of a gradient vector and the factor that brings it to at most `maxNorm`: `min(1, maxNorm / (‖g‖ + 1e-6))`, as
 * PyTorch's `clip_grad_norm_`. The factor is applied by the optimiser.
 *
 * @param gradient [P]
 * @param maxNorm 0 does not clip
 * @param unscale [] where the gradient is that of a scaled loss: what it is to be multiplied by, which the factor does too
 */
export function clipByGlobalNorm(gradient: Tensor, maxNorm: number, unscale?: Tensor): { norm: Tensor; scale: Tensor } {
  const length = sqrt(sum(mul(gradient, gradient)));
  const norm = unscale ? mul(length, unscale) : length;
  const scale = maxNorm > 0 ? minimum(1, div(maxNorm, add(norm, 1e-6))) : scalar(1);
  return { norm, scale: unscale ? mul(scale, unscale) : scale };
}

/** The same from the sum of the gradient's squares, on the host. */
export function clipBySquares(squares: number, maxNorm: number, unscale = 1): { norm: number; scale: number } {
  const norm = Math.sqrt(squares) * unscale;
  return { norm, scale: unscale * (maxNorm > 0 ? Math.min(1, maxNorm / (norm + 1e-6)) : 1) };
}
