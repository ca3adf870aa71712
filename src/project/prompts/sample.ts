// Draws the prompts of a run from a pool, in set proportions of the categories.

import { CollimateError } from '../../util/errors.ts';
import type { Random } from '../../util/random.ts';
import type { Category, Slots } from './grammar.ts';
import type { PromptPool } from './held-out.ts';

/** Weights of the categories; a missing one is 0. They need not sum to 1. */
export type CategoryProportions = Readonly<Partial<Record<Category, number>>>;

/**
 * `n` prompts from `pool`, the categories mixed. Shares are exact up to rounding (largest remainders), and a prompt
 * comes again only after all of its category have come.
 *
 * @throws CollimateError CONFIG where weights are negative or all zero, or a wanted category has no prompts.
 */
export function samplePrompts(pool: PromptPool, n: number, proportions: CategoryProportions, rng: Random): Slots[] {
  const categories = Object.keys(pool);
  const quotas = apportion(n, categories, proportions);
  const drawn = categories.flatMap((category, i) => {
    const [quota, prompts] = [quotas[i]!, pool[category]!];
    if (quota > 0 && prompts.length === 0) throw badProportions(`the pool has no ${category} prompts`, categories);
    const result: Slots[] = [];
    while (result.length < quota) result.push(...rng.shuffle(prompts));
    return result.slice(0, quota);
  });
  return rng.shuffle(drawn);
}

function apportion(n: number, categories: readonly Category[], proportions: CategoryProportions): number[] {
  const weights = categories.map((category) => proportions[category] ?? 0);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (!(total > 0 && Number.isFinite(total)) || weights.some((weight) => weight < 0)) {
    throw badProportions(`expected weights of at least 0 with a positive sum, got ${weights.join(', ')}`, categories);
  }
  const exact = weights.map((weight) => (n * weight) / total);
  const whole = exact.map(Math.floor);
  const left = n - whole.reduce((sum, share) => sum + share, 0);
  const byRemainder = categories
    .map((_, i) => i)
    .sort((i, j) => exact[j]! - whole[j]! - (exact[i]! - whole[i]!) || i - j);
  for (const i of byRemainder.slice(0, left)) whole[i]!++;
  return whole;
}

function badProportions(problem: string, categories: readonly Category[]): CollimateError {
  const hint = `Give weights for ${categories.join(', ')} in the project config.`;
  return new CollimateError('CONFIG', `category proportions: ${problem}`, hint);
}
