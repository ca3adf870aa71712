// How far raters agree where several saw the same image: Fleiss' κ and Krippendorff's α, with intervals.

import { type Interval, percentileInterval } from '../../statistics/interval.ts';
import type { Random } from '../../util/random.ts';

/** One answer of one rater about one item. */
export interface AgreementAnswer {
  readonly item: string;
  readonly answer: string;
  /** What is resampled as a whole, such as the prompt of an image; the item where left out. */
  readonly cluster?: string;
}

export interface Agreement {
  /** Items with at least two answers. */
  readonly items: number;
  /** Pairs of answers about one item. */
  readonly pairs: number;
  /** Share of these pairs that are alike, each item weighing by its answers as α does, 0 to 1. */
  readonly agreement: number;
  /** Fleiss' κ: 1 is full agreement, 0 what chance gives; null where all answers are alike. */
  readonly kappa: number | null;
  /** Krippendorff's α, which also corrects for few items; null where all answers are alike. */
  readonly alpha: number | null;
}

/** κ and α with 95 % intervals. */
export interface AgreementIntervals {
  readonly items: number;
  readonly pairs: number;
  readonly agreement: Interval;
  readonly kappa: Interval | null;
  readonly alpha: Interval | null;
}

/**
 * Agreement over items with two answers or more; a missing answer is no answer, so raters need not have seen the same items.
 * `κ = (P̄ − P_e) / (1 − P_e)` with `P̄` the mean over items of the share of alike pairs and `P_e = Σ p_j²` (Fleiss, 1971; for
 * a varying number of raters, `p_j` is the share among all answers). `α = 1 − D_o / D_e` for nominal data (Krippendorff, 2011,
 * "Computing Krippendorff's alpha-reliability"). Undefined where no item has two answers.
 */
export function measureAgreement(answers: readonly AgreementAnswer[]): Agreement | undefined {
  const { clusters, kinds } = tallyClusters(answers);
  if (clusters.length === 0) return undefined;
  return measureSums(addUp(clusters, kinds));
}

/**
 * `measureAgreement` with 95 % intervals by the bootstrap over clusters (items, where no cluster is given), with expanded
 * percentiles (Hesterberg, 2015). Resamples in which all answers are alike have no κ and no α and are left out; the
 * ends are null for fewer than two clusters.
 */
export function agreementIntervals(
  answers: readonly AgreementAnswer[],
  { samples = 2000, rng }: { readonly samples?: number; readonly rng: Random },
): AgreementIntervals | undefined {
  const { clusters, kinds } = tallyClusters(answers);
  if (clusters.length === 0) return undefined;
  const { items, pairs, agreement, kappa, alpha } = measureSums(addUp(clusters, kinds));
  const draws = { agreement: [] as number[], kappa: [] as number[], alpha: [] as number[] };
  for (let b = 0; b < samples; b++) {
    const drawn = measureSums(
      addUp(
        clusters.map(() => clusters[rng.int(clusters.length)]!),
        kinds,
      ),
    );
    draws.agreement.push(drawn.agreement);
    if (drawn.kappa !== null) draws.kappa.push(drawn.kappa);
    if (drawn.alpha !== null) draws.alpha.push(drawn.alpha);
  }
  const interval = (estimate: number, drawn: readonly number[]) =>
    percentileInterval(estimate, Float64Array.from(drawn), drawn.length > 0 ? clusters.length - 1 : 0);
  return {
    items,
    pairs,
    agreement: interval(agreement, draws.agreement),
    kappa: kappa === null ? null : interval(kappa, draws.kappa),
    alpha: alpha === null ? null : interval(alpha, draws.alpha),
  };
}

/** Sums over items that both measures are functions of, laid out flat so that a resample is additions alone. */
type Sums = Float64Array;
/** Places in `Sums`; the counts of each kind of answer follow. */
const ITEMS = 0;
const PAIRS = 1;
const ALIKE_SHARE = 2;
const UNLIKE = 3;
const COUNTS = 4;

function tallyClusters(answers: readonly AgreementAnswer[]): { clusters: Sums[]; kinds: number } {
  const kinds = new Map<string, number>();
  const items = new Map<string, { cluster: string; counts: Map<string, number> }>();
  for (const { item, answer, cluster = item } of answers) {
    const own = items.get(item) ?? { cluster, counts: new Map<string, number>() };
    own.counts.set(answer, (own.counts.get(answer) ?? 0) + 1);
    items.set(item, own);
    if (!kinds.has(answer)) kinds.set(answer, kinds.size);
  }
  const clusters = new Map<string, Sums>();
  for (const { cluster, counts } of items.values()) {
    const n = [...counts.values()].reduce((sum, count) => sum + count, 0);
    if (n < 2) continue;
    const sums = clusters.get(cluster) ?? new Float64Array(COUNTS + kinds.size);
    const alike = [...counts.values()].reduce((sum, count) => sum + count * (count - 1), 0);
    sums[ITEMS]! += 1;
    sums[PAIRS]! += (n * (n - 1)) / 2;
    sums[ALIKE_SHARE]! += alike / (n * (n - 1));
    sums[UNLIKE]! += (n * (n - 1) - alike) / (n - 1);
    for (const [answer, count] of counts) sums[COUNTS + kinds.get(answer)!]! += count;
    clusters.set(cluster, sums);
  }
  return { clusters: [...clusters.values()], kinds: kinds.size };
}

function addUp(clusters: readonly Sums[], kinds: number): Sums {
  const total = new Float64Array(COUNTS + kinds);
  for (const sums of clusters) for (let i = 0; i < total.length; i++) total[i]! += sums[i]!;
  return total;
}

function measureSums(sums: Sums): Agreement {
  const [items, pairs] = [sums[ITEMS]!, sums[PAIRS]!];
  const counts = sums.subarray(COUNTS);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const observed = sums[UNLIKE]! / total;
  const chance = counts.reduce((sum, count) => sum + (count / total) ** 2, 0);
  const expected = 1 - counts.reduce((sum, count) => sum + count * (count - 1), 0) / (total * (total - 1));
  const onlyOne = counts.filter((count) => count > 0).length < 2;
  return {
    items,
    pairs,
    agreement: 1 - observed,
    kappa: onlyOne ? null : (sums[ALIKE_SHARE]! / items - chance) / (1 - chance),
    alpha: onlyOne ? null : 1 - observed / expected,
  };
}
