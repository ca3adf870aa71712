// Pairs of a preferred image and another one of the same prompt, from answers good and bad.

import { CollimateError } from '../../util/errors.ts';
import { random } from '../../util/random.ts';
import type { Examples } from './batches.ts';

/** Two rows of the images: the one that people called good, and one that they called bad. */
export type Preference = readonly [winner: number, loser: number];

/**
 * Pairs within prompts: each image called good by most meets one called bad, in an order of the seed; of unequal numbers the
 * fewer come again, so that every image of a prompt with both kinds is in a pair.
 *
 * @throws CollimateError MISSING_STAGE where no prompt has both.
 */
export function pairPreferences({ texts, weights }: Pick<Examples, 'texts' | 'weights'>, seed: number): Preference[] {
  const prompts = [...new Set(texts)];
  const pairs = prompts.flatMap((prompt): Preference[] => {
    const rng = random(seed, 'tune', 'preferences', prompt);
    const rows = rng.shuffle([...texts.keys()].filter((row) => texts[row] === prompt));
    const winners = rows.filter((row) => weights[row]! > 0.5);
    const losers = rows.filter((row) => weights[row]! < 0.5);
    if (winners.length === 0 || losers.length === 0) return [];
    return Array.from({ length: Math.max(winners.length, losers.length) }, (_, i) => [
      winners[i % winners.length]!,
      losers[i % losers.length]!,
    ]);
  });
  if (pairs.length > 0) return pairs;
  throw new CollimateError(
    'MISSING_STAGE',
    'tune: no prompt has an image answered good and one answered bad, which dpo learns from',
    'Rate more images with `collimate label`, or tune by another method.',
  );
}
