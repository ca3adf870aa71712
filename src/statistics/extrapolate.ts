// The Fréchet distance without the part that comes from the number of images: it falls about as 1/n, so it is measured on
// all prompts and on halves of them and followed to 1/n = 0.

/** A figure as it is, and followed to infinitely many images; null with too few prompts to part. */
export interface Extrapolated {
  readonly value: number;
  readonly infinity: number | null;
}

/** Prompts below which halves are too small to say anything. */
const LEAST_PROMPTS = 16;
/** Prompts in a row that stay in one half, as many as the jackknife has groups, so that no group lies in one half alone. */
const RUN = 10;

/**
 * FID∞ of prompts: the line in 1/n of (Chong and Forsyth, 2020), through the whole and the mean of two fixed halves,
 * `2 · d²(n) − d²(n/2)`; fixed and not random, so that it can be jackknifed. It removes most of the bias, not all: the
 * line bends where images are fewer than some times the width of the features.
 *
 * @param measure the distance of the images of some prompts
 */
export function extrapolate(prompts: readonly number[], measure: (prompts: readonly number[]) => number): Extrapolated {
  const value = measure(prompts);
  if (prompts.length < LEAST_PROMPTS) return { value, infinity: null };
  const halves = [0, 1].map((half) => prompts.filter((prompt) => Math.floor(prompt / RUN) % 2 === half));
  // Halves of about one size: their sizes as 1/n decide where on the line their mean lies.
  const inverse = halves.reduce((sum, { length }) => sum + 1 / length / 2, 0);
  const mean = halves.reduce((sum, half) => sum + measure(half) / 2, 0);
  const slope = (mean - value) / (inverse - 1 / prompts.length);
  return { value, infinity: value - slope / prompts.length };
}
