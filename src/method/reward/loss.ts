// The losses of the reward function (Lee et al., 2023). Candidate 0 of each image is its own prompt, the others differ from
// it in one part, so that the original is one of the softmax's own logits.

import {
  abs,
  add,
  div,
  exp,
  log,
  logSumExp,
  maximum,
  mean,
  mul,
  neg,
  relu,
  reshape,
  slice,
  square,
  sub,
  sum,
} from '../../engine/graph/functions.ts';
import type { Tensor } from '../../engine/graph/tensor.ts';

/** The reward of each image for its own prompt: candidate 0 of [B, N], as [B]. */
export function originalRewards(rewards: Tensor): Tensor {
  return reshape(slice(rewards, 1, 0, 1), [-1]);
}

/**
 * `L_MSE = mean w·(y − r(x, z))²`
 *
 * @param rewards [B]
 * @param labels [B], 1 good and 0 bad, or a probability
 * @param weights [B], how often each image counts; once where left out
 */
export function regressionLoss(rewards: Tensor, labels: Tensor, weights?: Tensor): Tensor {
  const squares = square(sub(labels, rewards));
  return mean(weights ? mul(squares, weights) : squares);
}

/** How steep a reward is as a probability, `σ(4(r − ½))`: near ½ it is the reward itself. */
const STEEPNESS = 4;

/** `mean w·(log(1 + eˣ) − y·x)`, `x = 4(r − ½)`: cross-entropy of labels y with `σ(x)`; as `regressionLoss` otherwise. */
export function crossEntropyLoss(rewards: Tensor, labels: Tensor, weights?: Tensor): Tensor {
  const logits = mul(add(rewards, -0.5), STEEPNESS);
  const losses = sub(softplus(logits), mul(labels, logits));
  return mean(weights ? mul(losses, weights) : losses);
}

/**
 * `mean −s·log σ(x) − (1 − s)·log σ(−x)`, `x = 4(r₁ − r₂)`: Bradley and Terry's (1952) chance that the first is preferred, with ties at ½.
 *
 * @param rewards [2P], the first and the second of each pair, one after the other
 * @param shares [P], how many preferred the first
 */
export function pairLoss(rewards: Tensor, shares: Tensor): Tensor {
  const pairs = reshape(rewards, [shares.shape[0]!, 2]);
  const margin = mul(reshape(sub(slice(pairs, 1, 0, 1), slice(pairs, 1, 1, 2)), [-1]), STEEPNESS);
  return mean(sub(softplus(margin), mul(shares, margin)));
}

/** `log(1 + eˣ)`, without overflow. */
function softplus(x: Tensor): Tensor {
  return add(relu(x), log(add(exp(neg(abs(x))), 1)));
}

/** Added to the logit of a candidate that is none: its probability is 0 in float32. */
const NO_CANDIDATE = -1e9;

/**
 * `L_pc = Σ y · −log softmax(r(x, z_j) / T)_0 / max(1, Σ y)`: the mean over good images, where labels are 0 and 1.
 *
 * @param rewards [B, N], N candidates
 * @param labels [B], 1 good and 0 bad, or a probability
 * @param temperature T > 0
 * @param present [B, N], 1 for a candidate and 0 where an image has fewer than N; all are candidates where left out
 */
export function promptClassificationLoss(
  rewards: Tensor,
  labels: Tensor,
  temperature: number,
  present?: Tensor,
): Tensor {
  const scaled = mul(rewards, 1 / temperature);
  const logits = present ? add(scaled, mul(sub(1, present), NO_CANDIDATE)) : scaled;
  const surprise = sub(logSumExp(logits), originalRewards(logits)); // [B]
  return div(sum(mul(labels, surprise)), maximum(sum(labels), 1));
}

export interface RewardLossOptions {
  /** λ ≥ 0, the weight of the prompt classification. */
  readonly lambda: number;
  /** T > 0 */
  readonly temperature: number;
  /** How labels teach; default by squared error. */
  readonly objective?: 'mse' | 'cross-entropy';
}

/** The loss of labels alone. */
export function labelLoss(objective: RewardLossOptions['objective']): typeof regressionLoss {
  return objective === 'cross-entropy' ? crossEntropyLoss : regressionLoss;
}

/**
 * `L = L_MSE + λ · L_pc` and its two parts, of rewards [B, N], labels [B] and, where needed, `present` [B, N] and
 * `weights` [B], how often each image counts.
 */
export function rewardLoss(
  rewards: Tensor,
  labels: Tensor,
  { lambda, temperature, objective }: RewardLossOptions,
  present?: Tensor,
  weights?: Tensor,
) {
  const mse = labelLoss(objective)(originalRewards(rewards), labels, weights);
  const good = weights ? mul(labels, weights) : labels;
  const promptClassification = promptClassificationLoss(rewards, good, temperature, present);
  return { loss: add(mse, mul(promptClassification, lambda)), mse, promptClassification };
}
