// The loss of policy gradients over denoising steps: DDPO, and DPOK with a term that holds the model to the base.

import { add, exp, mean, mul, neg, relu, slice, square, sub } from '../../../engine/graph/functions.ts';
import type { Tensor } from '../../../engine/graph/tensor.ts';

/** Steps of denoising that were drawn, one a row. */
export interface PolicyRows {
  /** `mean (target − o_θ)²`, o_θ the network's guided output, [n]. */
  readonly errors: Tensor;
  /** `κ = push²/(2σ²)`, by which an error is a negative log-likelihood, [n]. */
  readonly kappa: Tensor;
  /** `−log p` when the step was drawn, without the constant: `mean z²/2`, z the noise that it added, [n]. */
  readonly before: Tensor;
  /** How much better than the others of its prompt the picture at the end was, [n]. */
  readonly advantages: Tensor;
  /** `mean (o_base − o_θ)²`, [n]; without it nothing holds the model to the base. */
  readonly drift?: Tensor | undefined;
}

export interface PolicyLossOptions {
  /** The ratio counts within 1 ± this. */
  readonly clipRange: number;
  /** Weight of the divergence from the base. */
  readonly klWeight: number;
}

/**
 * `mean max(−A·ρ, −A·clip(ρ, 1−c, 1+c)) + w·mean κ·drift`, where `ρ = p_θ(x' | x, z)/p_old(x' | x, z) = exp(before − κ·errors)`
 * (DDPO_IS: Black et al., 2023, equation 4 with PPO's clipping) and `κ·drift = ‖μ_θ − μ_base‖²/(2σ²)`, the divergence of a step
 * from that of the base model (DPOK: Fan et al., 2023, lemma 4.2). As in the code that Black et al. published, likelihoods
 * are means over the numbers of a latent, not sums.
 */
export function policyLoss(rows: PolicyRows, { clipRange, klWeight }: PolicyLossOptions) {
  const { errors, kappa, before, advantages, drift } = rows;
  const ratio = exp(sub(before, mul(kappa, errors)));
  const clipped = add(clamp(add(ratio, -1), clipRange), 1);
  const [free, bounded] = [ratio, clipped].map((each) => neg(mul(advantages, each))) as [Tensor, Tensor];
  const reward = mean(add(bounded, relu(sub(free, bounded))));
  if (!drift) return { loss: reward, metrics: { reward_loss: reward } };
  const kl = mean(mul(kappa, drift));
  return { loss: add(reward, mul(kl, klWeight)), metrics: { reward_loss: reward, kl } };
}

/** Brought within ±`bound`. */
function clamp(x: Tensor, bound: number): Tensor {
  return sub(add(relu(add(x, bound)), -bound), relu(add(x, -bound)));
}

/** `mean (a − b)²` of the first `rows` rows, [rows]. */
export function meanSquares(a: Tensor, b: Tensor, rows: number): Tensor {
  return mean(square(sub(slice(a, 0, 0, rows), slice(b, 0, 0, rows))), [1, 2, 3]);
}
