// How well scores rank good above bad, whatever the threshold.

/** A score and the answer it should predict. */
export interface Scored {
  readonly score: number;
  /** 1 good, 0 bad. */
  readonly label: number;
}

/**
 * `P(score of a good one > score of a bad one) + ½ P(equal)`: the area under the ROC curve, by the rank sum (Mann and
 * Whitney, 1947).
 *
 * @returns 0 to 1, 0.5 for chance; undefined where all labels are the same.
 * @example
 * auroc([{ score: 0.9, label: 1 }, { score: 0.2, label: 0 }]); // 1
 */
export function auroc(items: readonly Scored[]): number | undefined {
  const good = items.filter(({ label }) => label === 1).length;
  const bad = items.length - good;
  if (good === 0 || bad === 0) return undefined;
  const sorted = items.toSorted((a, b) => a.score - b.score);
  let rankSum = 0;
  for (let start = 0, end = 0; start < sorted.length; start = end) {
    while (end < sorted.length && sorted[end]!.score === sorted[start]!.score) end++;
    const rank = (start + 1 + end) / 2; // the mean of ranks start + 1 … end, counted from 1
    for (let i = start; i < end; i++) rankSum += sorted[i]!.label * rank;
  }
  return (rankSum - (good * (good + 1)) / 2) / (good * bad);
}
