// Activations that are made of others.

import { add, mul, tanh } from '../engine/graph/functions.ts';
import type { Tensor } from '../engine/graph/tensor.ts';

/** `½x (1 + tanh(√(2/π) (x + 0.044715 x³)))`, the approximation of GELU that T5 and SD3 were trained with (Hendrycks & Gimpel, 2016). */
export function geluTanh(x: Tensor): Tensor {
  const cubed = mul(mul(x, x), x);
  const inner = mul(add(x, mul(cubed, 0.044715)), Math.sqrt(2 / Math.PI));
  return mul(mul(x, 0.5), add(tanh(inner), 1));
}
