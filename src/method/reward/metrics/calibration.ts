// Whether a score can be read as a probability: among images scored 0.8, are 80 % good?

import type { Scored } from './auroc.ts';

/** The images whose score lies in [low, high), the last bin with its end. */
export interface ReliabilityBin {
  readonly low: number;
  readonly high: number;
  readonly images: number;
  /** Mean of the scores, cut to [0, 1]; undefined in an empty bin. */
  readonly meanScore?: number;
  /** Share of good images; undefined in an empty bin. */
  readonly goodShare?: number;
}

/** Bins of equal width over [0, 1]; scores outside are cut to it. */
export function reliabilityBins(items: readonly Scored[], bins = 10): ReliabilityBin[] {
  const sums = Array.from({ length: bins }, () => ({ images: 0, score: 0, good: 0 }));
  for (const { score, label } of items) {
    const cut = Math.min(1, Math.max(0, score));
    const sum = sums[Math.min(bins - 1, Math.floor(cut * bins))]!;
    sum.images++;
    sum.score += cut;
    sum.good += label;
  }
  return sums.map(({ images, score, good }, i) => ({
    low: i / bins,
    high: (i + 1) / bins,
    images,
    ...(images > 0 && { meanScore: score / images, goodShare: good / images }),
  }));
}

/**
 * `Σ_b n_b/n · |mean score − share good|`: the expected calibration error (Naeini et al., 2015).
 *
 * @returns 0 (perfect) to 1; undefined without images.
 */
export function calibrationError(bins: readonly ReliabilityBin[]): number | undefined {
  const total = bins.reduce((sum, { images }) => sum + images, 0);
  if (total === 0) return undefined;
  return bins.reduce(
    (sum, { images, meanScore = 0, goodShare = 0 }) => sum + (images / total) * Math.abs(meanScore - goodShare),
    0,
  );
}
