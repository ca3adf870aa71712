// The standard error of a statistic that has no formula of its own, by leaving groups of prompts out in turn.

/** A figure and its standard error; null where it could not be told. */
export interface Estimate {
  readonly value: number;
  readonly standardError: number | null;
}

/** A statistic of all prompts, and of all without each group in turn. */
export interface LeftOut {
  readonly value: number;
  /** Empty where there are too few prompts for two groups. */
  readonly without: readonly number[];
}

/**
 * Measures a statistic with each of `groups` groups of prompts left out; prompt i is in group `i mod groups`.
 *
 * @param statistic of the prompts that are kept
 */
export function leaveOut(prompts: number, groups: number, statistic: (kept: readonly number[]) => number): LeftOut {
  const all = Array.from({ length: prompts }, (_, i) => i);
  const count = Math.min(groups, prompts);
  const without = Array.from({ length: count < 2 ? 0 : count }, (_, g) =>
    statistic(all.filter((i) => i % count !== g)),
  );
  return { value: statistic(all), without };
}

/** Delete-a-group jackknife: `SE² = (G − 1)/G · Σ_g (θ_(−g) − θ̄)²` (Shao and Tu, 1995, 2.3). */
export function jackknife({ value, without }: LeftOut): Estimate {
  const count = without.length;
  if (count < 2) return { value, standardError: null };
  const mean = without.reduce((sum, one) => sum + one, 0) / count;
  const spread = without.reduce((sum, one) => sum + (one - mean) ** 2, 0);
  return { value, standardError: Math.sqrt(((count - 1) / count) * spread) };
}

/** `a / b − 1` of two statistics of the same prompts, group by group. */
export function growthOf(a: LeftOut, b: LeftOut): LeftOut {
  return { value: a.value / b.value - 1, without: a.without.map((one, g) => one / b.without[g]! - 1) };
}
