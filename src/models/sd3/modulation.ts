// Norms whose scale and shift follow from the time and the text: how a diffusion transformer is told of both (Peebles & Xie,
// 2023, "Scalable diffusion models with transformers", section 3.2).

import { add, constant, layerNorm, mul, reshape, silu, split } from '../../engine/graph/functions.ts';
import type { Tensor } from '../../engine/graph/tensor.ts';
import { linear } from '../../engine/nn/layers.ts';
import type { Params } from '../../engine/nn/params.ts';

const EPS = 1e-6;

/** `(x − μ)/√(σ² + eps)` over the last axis, without parameters. */
export function plainNorm(x: Tensor): Tensor {
  const channels = x.shape.at(-1)!;
  const ones = constant(new Float32Array(channels).fill(1), [channels]);
  return layerNorm(x, ones, constant(new Float32Array(channels), [channels]), EPS);
}

/** `x·(1 + scale) + shift`, scale and shift [B, 1, C]. */
export function modulate(x: Tensor, shift: Tensor, scale: Tensor): Tensor {
  return add(mul(x, add(scale, 1)), shift);
}

/** `count` vectors [B, 1, C] of the activated embedding [B, C], by one linear layer. */
export function modulations(p: Params, activated: Tensor, count: number): Tensor[] {
  const channels = activated.shape[1]!;
  return split(
    reshape(linear(p.in('linear'), activated, count * channels), [-1, 1, count * channels]),
    new Array<number>(count).fill(channels),
    2,
  );
}

/** The norm before a last layer: scale first, then shift. */
export function continuousNorm(p: Params, x: Tensor, activated: Tensor): Tensor {
  const [scale, shift] = modulations(p, activated, 2);
  return modulate(plainNorm(x), shift!, scale!);
}

/** The embedding as norms take it. */
export function activate(embedding: Tensor): Tensor {
  return silu(embedding);
}
