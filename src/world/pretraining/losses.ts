// Losses of pre-training that are not the method's own: classification and reconstruction.

import {
  abs,
  add,
  constant,
  exp,
  gather,
  logSumExp,
  mean,
  mul,
  square,
  sub,
  sum,
} from '../../engine/graph/functions.ts';
import type { Tensor } from '../../engine/graph/tensor.ts';

/**
 * `mean(−log softmax(logits)[label])`
 *
 * @param logits [B, C]
 * @param labels int32 [B]
 */
export function crossEntropy(logits: Tensor, labels: Tensor): Tensor {
  const classes = logits.shape[1]!;
  const identity = Float32Array.from({ length: classes * classes }, (_, i) => (i % (classes + 1) === 0 ? 1 : 0));
  const oneHot = gather(constant(identity, [classes, classes]), labels); // [B, C]
  return mean(sub(logSumExp(logits), sum(mul(logits, oneHot), [1])));
}

/** `mean|x − y| + mean (x − y)²`: the first keeps pixel edges hard, the second punishes lost parts. */
export function reconstructionLoss(x: Tensor, y: Tensor): Tensor {
  const difference = sub(x, y);
  return add(mean(abs(difference)), mean(square(difference)));
}

/** `KL(N(μ, σ²) ‖ N(0, 1))`, the mean over all latents. */
export function gaussianDivergence(mu: Tensor, logVariance: Tensor): Tensor {
  return mul(mean(sub(add(square(mu), exp(logVariance)), add(logVariance, 1))), 0.5);
}
