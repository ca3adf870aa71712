// How urgent an image is, as a number: lower comes first. Nothing is read or stored here.

/** What the reward function says of an image; `doubt` is the standard deviation over the heads of an ensemble. */
export interface ScoreAndDoubt {
  readonly score: number;
  readonly doubt: number | null;
}

/**
 * `1 − 2·doubt` of an ensemble, at least 0: its heads disagree most where it is lowest (query by committee: Seung et al.,
 * 1992). `|2·score − 1|` of a single head, at most 1: 0 where it cannot tell good from bad. Images without a score come last.
 */
export function uncertaintyPriority(image: ScoreAndDoubt | undefined): number {
  if (!image) return 1;
  const { score, doubt } = image;
  return doubt === null ? Math.min(1, Math.abs(2 * score - 1)) : Math.max(0, 1 - 2 * doubt);
}

/** `−2·min(good, bad) / (good + bad)`: −1 where raters are divided evenly, 0 where they agree or nobody has answered. */
export function disagreementPriority({ good, bad }: { good: number; bad: number }): number {
  const votes = good + bad;
  return votes === 0 ? 0 : (-2 * Math.min(good, bad)) / votes || 0;
}
