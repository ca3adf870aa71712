// Means over prompts with bootstrap intervals, for several models at once, so that differences from the base are paired.

import { differenceInterval, meanInterval, resamplePrompts } from '../evaluation/bootstrap.ts';
import { random } from '../util/random.ts';
import type { Measured } from './report.ts';

/**
 * One figure a model from its values by prompt; the first model is the base.
 *
 * @param strata the category of each prompt
 */
export function measureMeans(
  values: readonly (readonly number[])[],
  strata: readonly string[],
  { name, seed, samples }: { name: string; seed: number; samples: number },
): Measured[] {
  const resamples = resamplePrompts(values, strata, samples, random(seed, 'measures', name));
  return values.map((_, i) => ({
    value: meanInterval(resamples, i),
    versusBase: i === 0 ? null : differenceInterval(resamples, i, 0),
  }));
}

/** The mean of `1 − cos` over pairs of embeddings of length 1, or undefined for fewer than two. */
export function cosineDiversity(embeddings: readonly Float32Array[]): number | undefined {
  let [sum, pairs] = [0, 0];
  embeddings.forEach((a, i) => {
    for (const b of embeddings.slice(i + 1)) {
      sum += 1 - cosine(a, b);
      pairs++;
    }
  });
  return pairs === 0 ? undefined : sum / pairs;
}

/** Of vectors of length 1. */
export function cosine(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k]! * b[k]!;
  return sum;
}
