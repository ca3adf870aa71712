// What choosing by reward is worth: the expected value of the best of n out of a pool of images, without drawing more.

/** An image of a pool: what it is ranked by, and what is measured of the chosen one. */
export interface RankedImage {
  readonly rank: number;
  readonly value: number;
}

/** The index of the candidate with the highest rank; the first of equals. */
export function pickBest(ranks: readonly number[]): number {
  return ranks.reduce((best, rank, i) => (rank > ranks[best]! ? i : best), 0);
}

/**
 * The mean of `value` of the highest ranked among n candidates, over all subsets of n of the pool: with the candidates
 * sorted by rising rank, `Σ_i C(i − 1, n − 1) / C(M, n) · value_i`. An unbiased estimate with less spread than one draw. Of
 * equal ranks each is as likely to be the chosen one.
 *
 * @param n 1 to the size of the pool
 * @example
 * expectedBestOf([{ rank: 1, value: 0 }, { rank: 2, value: 1 }], 2); // 1
 */
export function expectedBestOf(pool: readonly RankedImage[], n: number): number {
  const sorted = shareTies(pool.toSorted((a, b) => a.rank - b.rank));
  const size = sorted.length;
  let weight = n / size; // C(M − 1, n − 1) / C(M, n): the chance that the last one is in the subset
  let sum = 0;
  for (let i = size; i >= n; i--) {
    sum += weight * sorted[i - 1]!.value;
    weight *= (i - n) / (i - 1); // C(i − 2, n − 1) / C(i − 1, n − 1)
  }
  return sum;
}

/** Images of one rank have the mean of their values each. */
function shareTies(sorted: readonly RankedImage[]): RankedImage[] {
  return sorted.map(({ rank }, i) => {
    if (sorted[i - 1]?.rank !== rank && sorted[i + 1]?.rank !== rank) return sorted[i]!;
    const same = sorted.filter((other) => other.rank === rank);
    return { rank, value: same.reduce((sum, { value }) => sum + value, 0) / same.length };
  });
}

/** `expectedBestOf` of each prompt's pool, averaged over prompts; n is cut to the size of a pool. */
export function meanOfBest(
  candidates: readonly (RankedImage & { readonly prompt: string | number })[],
  n: number,
): number {
  const pools = new Map<string | number, RankedImage[]>();
  for (const candidate of candidates) pools.set(candidate.prompt, [...(pools.get(candidate.prompt) ?? []), candidate]);
  const best = [...pools.values()].map((pool) => expectedBestOf(pool, Math.min(n, pool.length)));
  return best.reduce((sum, value) => sum + value, 0) / best.length;
}
