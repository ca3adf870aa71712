// Low-rank adaptation in the graph: the model's code stays as it is and asks for its weights; those that are adapted come
// with their product added. For sampling without merging, and for training A and B alone.

import { add, matmul, mul, reshape } from '../graph/functions.ts';
import type { Tensor } from '../graph/tensor.ts';
import { sizeOf } from '../graph/types.ts';
import { bindParams, type ParamSpec, type Params } from './params.ts';

/** Rank and alpha of the layers, by the module whose `weight` they adapt. */
export type LoraShape = ReadonlyMap<string, { readonly rank: number; readonly alpha: number }>;

/**
 * Parameters in which the weight of each module in `layers` is `W + scale · (alpha / rank) · B · A` (Hu et al., 2021,
 * section 4.1).
 *
 * @param base where W comes from
 * @param lora asked for `(module).lora_A.weight` [rank, I] or [rank, I, k, k], which starts uniform within 1/√I as a linear
 * layer does, and for `(module).lora_B.weight` [O, rank], which starts at 0
 */
export function withLora(base: Params, lora: Params, layers: LoraShape, scale = 1): Params {
  return bindParams((spec) => {
    const weight = base.get(spec.name, spec.shape, spec.init);
    const module = spec.name.endsWith('.weight') ? spec.name.slice(0, -'.weight'.length) : '';
    const layer = layers.get(module);
    return layer ? adapt(weight, spec, lora.in(module), layer.rank, (scale * layer.alpha) / layer.rank) : weight;
  });
}

function adapt(weight: Tensor, { shape }: ParamSpec, lora: Params, rank: number, factor: number): Tensor {
  const [outputs, ...rest] = shape as [number, ...number[]];
  const inputs = sizeOf(rest);
  const down = lora.get('lora_A.weight', [rank, ...rest], { uniform: 1 / Math.sqrt(inputs) });
  const up = lora.get('lora_B.weight', [outputs, rank], { constant: 0 });
  const product = mul(matmul(up, reshape(down, [rank, inputs])), factor); // [O, I]
  return add(weight, reshape(product, shape));
}
