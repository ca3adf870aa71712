// A stack of linear layers, `layers.0`, `layers.1`, …, with an activation between them.

import { relu } from '../graph/functions.ts';
import type { Tensor } from '../graph/tensor.ts';
import { linear } from './layers.ts';
import type { Params } from './params.ts';

/**
 * `W_n · act(… act(W_0 x + b_0) …) + b_n`
 *
 * @param x [..., I]
 * @param widths the outputs of each layer, the last one the result's
 * @returns [..., widths.at(-1)]
 */
export function mlp(p: Params, x: Tensor, widths: readonly number[], activation: (x: Tensor) => Tensor = relu): Tensor {
  const layers = p.in('layers');
  return widths.reduce((h, width, i) => linear(layers.in(i), i === 0 ? h : activation(h), width), x);
}
