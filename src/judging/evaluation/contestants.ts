// Who is compared: each model with its first images of every prompt, and the best of n images of the base by reward.

import { pickBest } from './best-of.ts';
import type { MeasuredImage } from './measure.ts';
import type { ContestantKind } from './report.ts';

export interface ScoredImage extends MeasuredImage {
  readonly reward: number | null;
  /** The CLIP score; null without a reward. */
  readonly clip: number | null;
}

/** Images by prompt, in the order of the plan; every prompt has as many. */
export interface Contestant {
  readonly name: string;
  readonly kind: ContestantKind;
  readonly modelHash: string;
  readonly images: readonly (readonly ScoredImage[])[];
}

/** Images in order of their prompts as one list a prompt. */
export function groupByPrompt<T extends { prompt: number }>(images: readonly T[], prompts: number): T[][] {
  const groups = Array.from({ length: prompts }, (): T[] => []);
  for (const image of images) groups[image.prompt]!.push(image);
  return groups;
}

/** The one image of each prompt that the reward likes best, out of the first `n` of a pool. */
export function bestOfContestant(pool: Contestant, n: number): Contestant {
  const images = pool.images.map((all) => {
    const some = all.slice(0, n);
    return [some[pickBest(some.map(({ reward }) => reward!))]!];
  });
  return { name: `best-of-${n}`, kind: 'best-of', modelHash: pool.modelHash, images };
}

/** A contestant with the first `count` images of each prompt. */
export function takeFirst(contestant: Contestant, count: number): Contestant {
  return { ...contestant, images: contestant.images.map((images) => images.slice(0, count)) };
}
