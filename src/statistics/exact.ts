// Exact binomial intervals, for shares of few.

import { betaQuantile } from './beta.ts';
import { requireCount, requireWithin } from './check.ts';

/**
 * The 95 % interval of a share (Clopper and Pearson, 1934): quantiles of beta distributions. Successes need not be whole, as where
 * each of few prompts counts as one whatever its images say.
 *
 * @returns low and high, within 0 to 1
 */
export function exactInterval(successes: number, n: number, level = 0.95): [low: number, high: number] {
  requireCount('exactInterval', 'n', n);
  if (n === 0) return [0, 1];
  requireWithin('exactInterval', 'successes', successes, [0, n]);
  const tail = (1 - level) / 2;
  const failures = n - successes;
  return [
    successes > 0 ? betaQuantile(tail, successes, failures + 1) : 0,
    failures > 0 ? betaQuantile(1 - tail, successes + 1, failures) : 1,
  ];
}
