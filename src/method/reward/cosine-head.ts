// A reward that starts from a scorer which is trained already: the cosine of its embeddings, standardised, alone or with a head
// beside it that begins at nothing.

import { add, mul, reshape, sum } from '../../engine/graph/functions.ts';
import type { Tensor } from '../../engine/graph/tensor.ts';
import type { Params } from '../../engine/nn/params.ts';

/** How a reward is made of cosines. */
export interface CosineStart {
  /** Mean and standard deviation of the cosines that it was made with. */
  readonly mean: number;
  readonly deviation: number;
  /** Whether there is no head beside it. */
  readonly alone: boolean;
}

/** A deviation of the cosine is worth a quarter, so that most rewards lie between 0 and 1. */
const STEP = 0.25;

/**
 * `½ + b + w·(cos(x, z) − μ)/4σ + g·head`, with w = 1, b = 0 and g = 0 before training: PickScore's and HPSv2's form, whose answers
 * set what a step of it is worth.
 *
 * @param image [B, E], of length 1
 * @param text [B, E] or [B, N, E], of length 1
 * @param head makes [B] or [B, N]; none where the cosine is alone
 * @returns [B] or [B, N]
 */
export function cosineReward(
  p: Params,
  image: Tensor,
  text: Tensor,
  { mean, deviation }: CosineStart,
  head: (() => Tensor) | undefined,
): Tensor {
  const [batch, width] = image.shape as [number, number];
  const candidates = text.shape.slice(1, -1);
  const cosines = sum(mul(reshape(image, [batch, ...candidates.map(() => 1), width]), text), [-1]);
  const scope = p.in('cosine');
  const one = (name: string, constant: number) => scope.get(name, [1], { constant });
  const steps = mul(add(cosines, -mean), STEP / deviation);
  const reward = add(add(mul(steps, one('weight', 1)), one('bias', 0)), 0.5);
  return head ? add(reward, mul(head(), one('gate', 0))) : reward;
}

/** Mean and deviation of cosines; of fewer than two, or of equal ones, a deviation of 1. */
export function standardise(cosines: readonly number[], alone: boolean): CosineStart {
  const mean = cosines.reduce((total, value) => total + value, 0) / Math.max(1, cosines.length);
  const spread = Math.sqrt(
    cosines.reduce((total, value) => total + (value - mean) ** 2, 0) / Math.max(1, cosines.length - 1),
  );
  return { mean, deviation: spread > 1e-9 ? spread : 1, alone };
}
