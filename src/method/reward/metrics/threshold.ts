// Scores as answers: above a threshold an image counts as good.

import type { Scored } from './auroc.ts';

/** The share of answers that `score > threshold` gets right; undefined without images. */
export function accuracyAt(items: readonly Scored[], threshold: number): number | undefined {
  if (items.length === 0) return undefined;
  return items.filter(({ score, label }) => score > threshold === (label === 1)).length / items.length;
}

/**
 * The threshold with the highest accuracy: midway between two neighbouring scores, or below or above all of them; the
 * lowest of equally good ones.
 *
 * @example
 * bestThreshold([{ score: 0.1, label: 0 }, { score: 0.3, label: 1 }]); // 0.2
 */
export function bestThreshold(items: readonly Scored[]): number {
  const sorted = items.toSorted((a, b) => a.score - b.score);
  let right = sorted.filter(({ label }) => label === 1).length; // below all scores everything counts as good
  let best = { right, threshold: Number.NEGATIVE_INFINITY };
  for (let i = 0; i < sorted.length; i++) {
    const { score, label } = sorted[i]!;
    right += label === 1 ? -1 : 1;
    const next = sorted[i + 1]?.score ?? Number.POSITIVE_INFINITY;
    if (next > score && right > best.right) best = { right, threshold: (score + next) / 2 };
  }
  return best.threshold;
}
