// Draws the prompts of a run from a pool, in set proportions of the categories.

import { CollimateError } from '../../util/errors.ts';
import type { Random } from '../../util/random.ts';
import type { Category, Slots } from './grammar.ts';
import { CATEGORIES } from './grammar.ts';
import type { PromptPool } from './split.ts';

/** Weights of the categories; a missing one is 0. They need not sum to 1. */
export type CategoryProportions = Readonly<Partial<Record<Category, number>>>;

/**
 * `n` prompts from `pool`, the categories mixed. Shares are exact up to rounding (largest remainders), and a prompt
 * comes again only after all of its category have come.
 *
 * @throws CollimateError CONFIG where weights are negative or all zero, or a wanted category has no prompts.
 */
export function samplePrompts(pool: PromptPool, n: number, proportions: CategoryProportions, rng: Random): Slots[] {
  const quotas = apportion(n, proportions);
  const drawn = CATEGORIES.flatMap((category) => {
    const quota = quotas[category];
    if (quota > 0 && pool[category].length === 0) throw badProportions(`the pool has no ${category} prompts`);
    const result: Slots[] = [];
    while (result.length < quota) result.push(...rng.shuffle(pool[category]));
    return result.slice(0, quota);
  });
  return rng.shuffle(drawn);
}

function apportion(n: number, proportions: CategoryProportions): Record<Category, number> {
  const weights = CATEGORIES.map((category) => proportions[category] ?? 0);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (!(total > 0 && Number.isFinite(total)) || weights.some((weight) => weight < 0)) {
    throw badProportions(`expected weights of at least 0 with a positive sum, got ${weights.join(', ')}`);
  }
  const exact = weights.map((weight) => (n * weight) / total);
  const whole = exact.map(Math.floor);
  const left = n - whole.reduce((sum, share) => sum + share, 0);
  const byRemainder = CATEGORIES.map((_, i) => i).sort(
    (i, j) => exact[j]! - whole[j]! - (exact[i]! - whole[i]!) || i - j,
  );
  for (const i of byRemainder.slice(0, left)) whole[i]!++;
  return Object.fromEntries(CATEGORIES.map((category, i) => [category, whole[i]!])) as Record<Category, number>;
}

function badProportions(problem: string): CollimateError {
  const hint = `Give weights for ${CATEGORIES.join(', ')} in the project config.`;
  return new CollimateError('CONFIG', `category proportions: ${problem}`, hint);
}
