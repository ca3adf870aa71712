// What a group likes beside what everyone does: a linear function of the product of both embeddings, added to a reward.

import { add, mul, reshape, sum } from '../../../engine/graph/functions.ts';
import type { Tensor } from '../../../engine/graph/tensor.ts';
import type { Params } from '../../../engine/nn/params.ts';

/**
 * `w · (√E · x∘z) + b` of embeddings of length 1; nothing before it is learned.
 *
 * @param image [B, E]
 * @param text [B, E] or [B, N, E]
 * @returns [B] or [B, N]
 */
export function tasteOffset(p: Params, image: Tensor, text: Tensor): Tensor {
  const [batch, width] = image.shape as [number, number];
  const candidates = text.shape.slice(1, -1);
  const product = mul(reshape(image, [batch, ...candidates.map(() => 1), width]), text);
  const scope = p.in('taste');
  const weight = scope.get('weight', [width], { constant: 0 });
  const bias = scope.get('bias', [1], { constant: 0 });
  return add(sum(mul(mul(product, Math.sqrt(width)), weight), [-1]), bias);
}

/** What `tasteOffset` weighs, with a 1 for its bias behind it: [E + 1]. */
export function tasteFeatures(image: Float32Array, text: Float32Array): Float64Array {
  const root = Math.sqrt(image.length);
  const features = new Float64Array(image.length + 1);
  for (let i = 0; i < image.length; i++) features[i] = root * image[i]! * text[i]!;
  features[image.length] = 1;
  return features;
}
