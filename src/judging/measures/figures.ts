// Means over prompts with bootstrap intervals, for several models at once, so that differences from the base are paired.

import { differenceInterval, meanInterval, resamplePrompts } from '../../statistics/bootstrap.ts';
import { random } from '../../util/random.ts';
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
