// Scores as probabilities, and scores less doubt: pure functions of what the heads said.

import type { Scored } from './metrics/auroc.ts';

/** `σ((r − ½) / T)`: a reward as the probability of good. */
export function temperatureScale(score: number, temperature: number): number {
  return 1 / (1 + Math.exp(-(score - 0.5) / temperature));
}

/**
 * `exp(r(x, z)/τ) / Σ_j exp(r(x, z_j)/τ)`: how much better an image suits its own prompt, candidate 0, than edits of it
 * (Kim et al., 2024, "Confidence-aware reward optimization for fine-tuning text-to-image models", equation 4).
 *
 * @returns 0 to 1; 1 where there is no other candidate
 * @example
 * textNorm([1, 1, 1, 1], 0.5); // 0.25
 */
export function textNorm(scores: readonly number[], temperature: number): number {
  return 1 / scores.reduce((sum, other) => sum + Math.exp((other - scores[0]!) / temperature), 0);
}

/** `mean − k · standard deviation`: the lower confidence bound of an ensemble's reward. */
export function lowerBound(mean: number, deviation: number, k: number): number {
  return mean - k * deviation;
}

/** `mean −log p(label)`, of probabilities kept within float32's reach of 0 and 1. */
export function logLoss(items: readonly Scored[]): number {
  const surprise = ({ score, label }: Scored) => -Math.log(Math.max(1e-7, label === 1 ? score : 1 - score));
  return items.reduce((sum, item) => sum + surprise(item), 0) / items.length;
}

const [LOWEST, HIGHEST] = [1e-3, 1e2];
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * The temperature from 0.001 to 100 under which `probability(item, T)` has the lowest log loss over held-out answers
 * (Guo et al., 2017, "On calibration of modern neural networks"), by golden-section search over its logarithm.
 */
export function fitTemperature<T extends { readonly label: number }>(
  items: readonly T[],
  probability: (item: T, temperature: number) => number,
): number {
  const loss = (log: number) =>
    logLoss(items.map((item) => ({ score: probability(item, Math.exp(log)), label: item.label })));
  let [low, high] = [Math.log(LOWEST), Math.log(HIGHEST)];
  for (let i = 0; i < 40; i++) {
    const [left, right] = [high - GOLDEN * (high - low), low + GOLDEN * (high - low)];
    if (loss(left) <= loss(right)) high = right;
    else low = left;
  }
  return Math.exp((low + high) / 2);
}

/**
 * Which end of its range a fitted temperature is at: the log loss is lowest beyond it, so it says less than it seems to.
 *
 * @example
 * endOfTemperatures(100); // 'highest'
 */
export function endOfTemperatures(temperature: number): 'lowest' | 'highest' | undefined {
  const near = 1.01;
  if (temperature <= LOWEST * near) return 'lowest';
  return temperature >= HIGHEST / near ? 'highest' : undefined;
}
