// How sure a share is.

import { requireCount, requireWithin } from './check.ts';

/** The normal quantile of a 95 % interval. */
const Z = 1.959964;

/**
 * The 95 % interval of a share (Wilson, 1927): `(p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n)`. Images of one prompt
 * are not independent, so for few prompts it is too narrow.
 *
 * @returns low and high, within 0 to 1
 */
export function wilsonInterval(share: number, n: number): [low: number, high: number] {
  requireCount('wilsonInterval', 'n', n);
  if (n === 0) return [0, 1];
  requireWithin('wilsonInterval', 'share', share, [0, 1]);
  const z2 = Z * Z;
  const centre = share + z2 / (2 * n);
  const half = Z * Math.sqrt((share * (1 - share)) / n + z2 / (4 * n * n));
  return [Math.max(0, (centre - half) / (1 + z2 / n)), Math.min(1, (centre + half) / (1 + z2 / n))];
}
