// The two distributions that small samples need: the normal and Student's t.

import { requireCount, requireWithin } from './check.ts';

/** `P(Z < z)` of a standard normal number, to 1.5e-7 (Abramowitz and Stegun 7.1.26). */
export function normalCdf(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const tail = (series * Math.exp(-x * x)) / 2;
  return z < 0 ? tail : 1 - tail;
}

/** `P(|T| < t)` for whole degrees of freedom of at least 1 (Abramowitz and Stegun 26.7.3 and 26.7.4). */
export function studentCentral(t: number, freedom: number): number {
  const angle = Math.atan(t / Math.sqrt(freedom));
  const cos = Math.cos(angle);
  const odd = freedom % 2 === 1;
  let term = odd ? cos : 1;
  let sum = freedom === 1 ? 0 : term;
  for (let power = odd ? 3 : 2; power <= freedom - 2; power += 2) {
    term *= (cos * cos * (power - 1)) / power;
    sum += term;
  }
  return odd ? (2 / Math.PI) * (angle + Math.sin(angle) * sum) : Math.sin(angle) * sum;
}

/**
 * The t with `P(|T| < t) = level`.
 *
 * @example
 * studentQuantile(0.95, 10).toFixed(3); // '2.228'
 */
export function studentQuantile(level: number, freedom: number): number {
  requireWithin('studentQuantile', 'level', level, [0, 1 - 1e-6]);
  requireCount('studentQuantile', 'freedom', freedom, 1);
  let [low, high] = [0, 1];
  while (studentCentral(high, freedom) < level) high *= 2;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (studentCentral(middle, freedom) < level) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
