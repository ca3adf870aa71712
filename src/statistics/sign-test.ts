// The sign test: could as many wins against losses come from a fair coin? Exact, from the binomial distribution.

import { requireCount } from './check.ts';

/** `log(n!)`, summed; n is the number of prompts of a study, some thousands at most. */
function logFactorial(n: number): number {
  let sum = 0;
  for (let i = 2; i <= n; i++) sum += Math.log(i);
  return sum;
}

/** `P(X = k)` for k = 0 … n of X ~ Bin(n, p), [n + 1]; p strictly between 0 and 1. */
export function binomialShares(n: number, p: number): Float64Array {
  const shares = new Float64Array(n + 1);
  const mode = Math.floor((n + 1) * p);
  const start = Math.min(mode, n);
  shares[start] = Math.exp(
    logFactorial(n) -
      logFactorial(start) -
      logFactorial(n - start) +
      start * Math.log(p) +
      (n - start) * Math.log(1 - p),
  );
  for (let k = start; k < n; k++) shares[k + 1] = (shares[k]! * (n - k) * p) / ((k + 1) * (1 - p));
  for (let k = start; k > 0; k--) shares[k - 1] = (shares[k]! * k * (1 - p)) / ((n - k + 1) * p);
  return shares;
}

/**
 * The two-sided p of the exact sign test, `min(1, 2 · P(X ≤ min(wins, losses)))` with X ~ Bin(wins + losses, ½); ties
 * have no say (Dixon and Mood, 1946). 1 where nothing was decided.
 *
 * @throws CollimateError USAGE for numbers that count nothing
 *
 * @example
 * signTest(8, 2); // 0.109375
 */
export function signTest(wins: number, losses: number): number {
  requireCount('signTest', 'wins', wins);
  requireCount('signTest', 'losses', losses);
  const n = wins + losses;
  if (n === 0) return 1;
  const tail = binomialShares(n, 0.5)
    .subarray(0, Math.min(wins, losses) + 1)
    .reduce((sum, share) => sum + share, 0);
  return Math.min(1, 2 * tail);
}
