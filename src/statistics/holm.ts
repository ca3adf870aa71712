// Many claims at once: with enough of them, some come out by chance alone.

import { requireWithin } from './check.ts';

/**
 * p-values corrected for their number (Holm, 1979): of m, the k-th smallest times m − k + 1, none below the one before it. At a
 * level of 0.05 on these, the chance that any claim that is false comes out is at most 0.05.
 *
 * @example
 * holm([0.01, 0.04, 0.03]); // [0.03, 0.06, 0.06]
 */
export function holm(ps: readonly number[]): number[] {
  for (const p of ps) requireWithin('holm', 'p', p, [0, 1]);
  const order = [...ps.keys()].sort((a, b) => ps[a]! - ps[b]!);
  const corrected = new Array<number>(ps.length);
  let least = 0;
  for (const [rank, i] of order.entries()) {
    least = Math.min(1, Math.max(least, (ps.length - rank) * ps[i]!));
    corrected[i] = least;
  }
  return corrected;
}
