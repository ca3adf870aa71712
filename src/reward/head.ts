// The reward function on top of frozen CLIP embeddings: an MLP over image and text.

import { concat, expand, reshape } from '../graph/functions.ts';
import type { Tensor } from '../graph/tensor.ts';
import { formatType, shapeError } from '../graph/types.ts';
import { mlp } from '../nn/mlp.ts';
import type { Params } from '../nn/params.ts';

/** The paper's width of both hidden layers. */
export const REWARD_HIDDEN = 1024;

/**
 * `r(x, z)`: linear, ReLU, linear, ReLU, linear over the embeddings of image and text, one after the other (Lee et al.,
 * 2023). Parameters `layers.0` to `layers.2`.
 *
 * @param image [B, E]
 * @param text [B, E], or [B, N, E] for N candidate prompts of each image
 * @returns [B], or [B, N]; trained towards 0 (bad) and 1 (good)
 * @throws CollimateError SHAPE where the batches differ.
 */
export function rewardHead(p: Params, image: Tensor, text: Tensor, hidden: number = REWARD_HIDDEN): Tensor {
  const [batch, width] = image.shape as [number, number];
  const candidates = text.shape.slice(1, -1); // [] or [N]
  if (image.shape.length !== 2 || text.shape[0] !== batch || candidates.length > 1)
    throw shapeError(
      'reward',
      'an image [B, E] and a text [B, E] or [B, N, E]',
      `${formatType(image)} and ${formatType(text)}`,
    );
  const repeated = reshape(image, [batch, ...candidates.map(() => 1), width]);
  const both = concat([expand(repeated, [batch, ...candidates, width]), text], -1); // [B, (N,) 2E]
  return reshape(mlp(p, both, [hidden, hidden, 1]), [batch, ...candidates]);
}
