// Normalisation by the root mean square.

import { add, div, mean, mul, reshape, sqrt, square } from '../engine/graph/functions.ts';
import type { Tensor } from '../engine/graph/tensor.ts';
import type { Params } from '../engine/nn/params.ts';

/**
 * `x / √(mean x² + eps) · weight` over one axis (Zhang & Sennrich, 2019); parameter `weight`, as long as that axis.
 *
 * @param axis counted from the end: −1 is the last
 */
export function rmsNorm(p: Params, x: Tensor, eps: number, axis = -1): Tensor {
  const channels = x.shape.at(axis)!;
  const weight = p.get('weight', [channels], { constant: 1 });
  const after = new Array<number>(-1 - axis).fill(1);
  const scaled = div(x, sqrt(add(mean(square(x), [axis], true), eps)));
  return mul(scaled, after.length === 0 ? weight : reshape(weight, [channels, ...after]));
}
