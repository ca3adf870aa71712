// How sure a share of few is: exact, whatever the share.

import { requireCount, requireWithin } from './check.ts';
import type { Interval } from './interval.ts';
import { binomialShares } from './sign-test.ts';

/**
 * The exact interval of a share of `hits` out of `n` (Clopper and Pearson, 1934): the shares under which as many or more, and
 * as many or fewer, would come up with a chance of at least α/2. It covers at least its level, and is wide for that.
 *
 * @example
 * exactShare(0, 6); // 0, from 0 to 0.459
 */
export function exactShare(hits: number, n: number, level = 0.95): Interval {
  requireCount('exactShare', 'n', n);
  requireCount('exactShare', 'hits', hits);
  requireWithin('exactShare', 'hits', hits, [0, n]);
  if (n === 0) return { estimate: Number.NaN, low: null, high: null };
  const tail = (1 - level) / 2;
  const low = hits === 0 ? 0 : solve((p) => upper(n, p, hits) - tail);
  const high = hits === n ? 1 : solve((p) => tail - lower(n, p, hits));
  return { estimate: hits / n, low, high };
}

/** P(X ≥ hits) */
function upper(n: number, p: number, hits: number): number {
  return binomialShares(n, p)
    .subarray(hits)
    .reduce((sum, share) => sum + share, 0);
}

/** P(X ≤ hits) */
function lower(n: number, p: number, hits: number): number {
  return binomialShares(n, p)
    .subarray(0, hits + 1)
    .reduce((sum, share) => sum + share, 0);
}

/** Where a function that rises from below 0 to above it, over 0 to 1, is 0. */
function solve(rising: (p: number) => number): number {
  let [low, high] = [0, 1];
  for (let i = 0; i < 50; i++) {
    const middle = (low + high) / 2;
    if (rising(middle) < 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
