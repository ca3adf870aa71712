// The reward function on top of frozen CLIP embeddings: an MLP over image and text.

import { abs, concat, expand, mul, reshape, sub } from '../../engine/graph/functions.ts';
import type { Tensor } from '../../engine/graph/tensor.ts';
import { formatType, shapeError } from '../../engine/graph/types.ts';
import { mlp } from '../../engine/nn/mlp.ts';
import type { Params } from '../../engine/nn/params.ts';

/** The paper's width of the hidden layers. */
const REWARD_HIDDEN = 1024;

/**
 * What the MLP is given of image x and text z: `concat` is `[x, z]`, the paper's; `interaction` is `[x, z, x∘z, |x − z|]`,
 * which makes comparing them easy to learn from few labels.
 */
export type RewardFeatures = 'concat' | 'interaction';

export interface HeadOptions {
  /** Default `concat`. */
  readonly features?: RewardFeatures;
  /** Hidden layers, at least 1; default 2, the paper's. */
  readonly layers?: number;
}

/**
 * `r(x, z)`: linear layers with ReLU between them, over the features of the embeddings of image and text (Lee et al.,
 * 2023). Parameters `layers.0`, `layers.1`, ….
 *
 * @param image [B, E]
 * @param text [B, E], or [B, N, E] for N candidate prompts of each image
 * @param hidden width of the hidden layers
 * @returns [B], or [B, N]; trained towards 0 (bad) and 1 (good)
 * @throws CollimateError SHAPE where the batches differ.
 */
export function rewardHead(
  p: Params,
  image: Tensor,
  text: Tensor,
  hidden: number = REWARD_HIDDEN,
  { features = 'concat', layers = 2 }: HeadOptions = {},
): Tensor {
  const [batch, width] = image.shape as [number, number];
  const candidates = text.shape.slice(1, -1); // [] or [N]
  if (image.shape.length !== 2 || text.shape[0] !== batch || candidates.length > 1)
    throw shapeError(
      'reward',
      'an image [B, E] and a text [B, E] or [B, N, E]',
      `${formatType(image)} and ${formatType(text)}`,
    );
  const repeated = expand(reshape(image, [batch, ...candidates.map(() => 1), width]), [batch, ...candidates, width]);
  const compared = features === 'interaction' ? [mul(repeated, text), abs(sub(repeated, text))] : [];
  const inputs = concat([repeated, text, ...compared], -1); // [B, (N,) 2E or 4E]
  const widths = [...new Array<number>(layers).fill(hidden), 1];
  return reshape(mlp(p, inputs, widths), [batch, ...candidates]);
}
