// How evenly answers are spread over their kinds.

import { requireCount } from './check.ts';

/**
 * The entropy of counts in bits, `−Σ p·log₂ p`, with the correction for few observations (Miller, 1955), `(m − 1) / (2n·ln 2)`
 * for m kinds that came up; at most that of an even spread over `kinds`.
 *
 * @returns null of nothing
 * @example
 * entropyOf([2, 2], 2); // 1, of two kinds alike
 */
export function entropyOf(counts: readonly number[], kinds = counts.length): number | null {
  for (const count of counts) requireCount('entropyOf', 'count', count);
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  const shares = counts.filter((count) => count > 0).map((count) => count / total);
  const plain = -shares.reduce((sum, share) => sum + share * Math.log2(share), 0);
  return Math.min(Math.log2(kinds), plain + (shares.length - 1) / (2 * total * Math.LN2));
}
