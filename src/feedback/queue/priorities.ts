// How urgent an image is, as a number: lower comes first. Nothing is read or stored here.

/** `|2·score − 1|`, at most 1: 0 where the reward function cannot tell good from bad. Images without a score come last. */
export function uncertaintyPriority(score: number | undefined): number {
  return score === undefined ? 1 : Math.min(1, Math.abs(2 * score - 1));
}

/** `−2·min(good, bad) / (good + bad)`: −1 where raters are divided evenly, 0 where they agree or nobody has answered. */
export function disagreementPriority({ good, bad }: { good: number; bad: number }): number {
  const votes = good + bad;
  return votes === 0 ? 0 : (-2 * Math.min(good, bad)) / votes || 0;
}
