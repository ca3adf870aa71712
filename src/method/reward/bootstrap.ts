// What makes the heads of an ensemble differ beside their first parameters: how often each image counts for each of them.

import { type Random, random } from '../../util/random.ts';

/**
 * Poisson(1) counts, one for each head and image: what drawing n of n images with replacement comes to for many images
 * (Oza and Russell, 2001, "Online bagging and boosting").
 *
 * @returns the counts [members, rows] of some images
 */
export function bootstrapCounts(
  images: number,
  members: number,
  seed: number,
): (rows: readonly number[]) => Float32Array {
  const counts = Array.from({ length: members }, (_, m) => {
    const rng = random(seed, 'reward', 'bootstrap', m);
    return Uint8Array.from({ length: images }, () => poisson(rng));
  });
  return (rows) => Float32Array.from(counts.flatMap((of) => rows.map((row) => of[row]!)));
}

/** A number of mean and variance 1, by multiplying uniforms until they fall below 1/e (Knuth, 1969). */
function poisson(rng: Random): number {
  let count = 0;
  for (let product = rng.uniform(); product > Math.exp(-1); product *= rng.uniform()) count++;
  return count;
}
