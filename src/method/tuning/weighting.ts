// From the score of an image to the weight of its loss.

import type { TuneSettings } from './mixture.ts';

export type WeightingChoice = Pick<TuneSettings, 'weighting' | 'weightTemperature' | 'weightThreshold' | 'clipRewards'>;

/**
 * The weights of scores r: `linear` gives r (Lee et al., 2023), `exponential` gives `exp(r/τ)` over its mean (reward-weighted
 * regression: Peters and Schaal, 2007; Peng et al., 2019), `threshold` gives 1 where r is above the threshold and 0
 * elsewhere (filtered fine-tuning).
 *
 * @example
 * weighScores([0.2, 0.9], { weighting: 'threshold', weightThreshold: 0.5, weightTemperature: 1, clipRewards: false }); // [0, 1]
 */
export function weighScores(scores: readonly number[], choice: WeightingChoice): number[] {
  const { weighting, weightTemperature, weightThreshold, clipRewards } = choice;
  const kept = clipRewards ? scores.map((score) => Math.min(1, Math.max(0, score))) : scores;
  if (weighting === 'linear') return [...kept];
  if (weighting === 'threshold') return kept.map((score) => Number(score > weightThreshold));
  const highest = kept.reduce((most, score) => Math.max(most, score), Number.NEGATIVE_INFINITY); // exp cannot overflow
  const powers = kept.map((score) => Math.exp((score - highest) / weightTemperature));
  const mean = powers.reduce((sum, power) => sum + power, 0) / powers.length;
  return powers.map((power) => power / mean);
}

/**
 * Weights over their mean within each prompt: `w(x, z) / mean_x w(x, z)`, the Z(z) by which reward-weighted regression
 * normalises, so that every prompt counts alike however seldom the model hits it. Without it the learned pictures are those
 * of easy prompts. A prompt whose mean is not above 0 has nothing good to learn from: all its weights become 0.
 *
 * @example
 * evenPrompts([1, 0, 1, 1], ['two dogs', 'two dogs', 'a dog', 'a dog']); // [2, 0, 1, 1]
 */
export function evenPrompts(weights: readonly number[], prompts: readonly string[]): number[] {
  const sums = new Map<string, { sum: number; count: number }>();
  prompts.forEach((prompt, i) => {
    const { sum, count } = sums.get(prompt) ?? { sum: 0, count: 0 };
    sums.set(prompt, { sum: sum + weights[i]!, count: count + 1 });
  });
  return weights.map((weight, i) => {
    const { sum, count } = sums.get(prompts[i]!)!;
    return sum > 0 ? (weight * count) / sum : 0;
  });
}
