// The standard error of a statistic that has no formula of its own, by leaving groups of prompts out in turn.

/** A figure and its standard error; null where it could not be told. */
export interface Estimate {
  readonly value: number;
  readonly standardError: number | null;
}

/**
 * Delete-a-group jackknife: `SE² = (G − 1)/G · Σ_g (θ_(−g) − θ̄)²` (Shao and Tu, 1995, 2.3).
 *
 * @param prompts how many there are; prompt i is in group `i mod groups`
 * @param statistic of the prompts that are kept
 */
export function jackknife(prompts: number, groups: number, statistic: (kept: readonly number[]) => number): Estimate {
  const all = Array.from({ length: prompts }, (_, i) => i);
  const value = statistic(all);
  const count = Math.min(groups, prompts);
  if (count < 2) return { value, standardError: null };
  const left = Array.from({ length: count }, (_, g) => statistic(all.filter((i) => i % count !== g)));
  const mean = left.reduce((sum, one) => sum + one, 0) / count;
  const spread = left.reduce((sum, one) => sum + (one - mean) ** 2, 0);
  return { value, standardError: Math.sqrt(((count - 1) / count) * spread) };
}
