// Supervised fine-tuning on the best of several images of each prompt.

import { plural } from '../../../util/text.ts';
import { type ModelImage, selectImages } from '../images.ts';
import type { TuningMethod } from './method.ts';
import { onImages, WEIGHING } from './on-images.ts';

export const sft: TuningMethod = {
  ...onImages,
  ignores: () => WEIGHING.filter((key) => key !== 'minSnrGamma'),
  async select(source) {
    const { bestOf } = source.settings.sft;
    let short = 0;
    const selection = await selectImages(source, (scored) => {
      short = countShort(scored, bestOf);
      return chooseBest(scored, bestOf);
    });
    return { ...selection, remarks: short > 0 ? [describeShort(short, bestOf)] : [] };
  },
  trials: [
    { name: 'best of 16', patch: {} },
    { name: 'best of 4', patch: { sft: { bestOf: 4 } } },
    { name: 'best of 16, slower', patch: { learningRate: 1e-4 } },
  ],
};

/**
 * Of each `n` images of a prompt, by rising seed, the one with the highest score, with weight 1. Images that do not fill
 * another `n` are left out, so that every one kept is the best of as many; a prompt with fewer than `n` gives one.
 */
export function chooseBest(images: readonly ModelImage[], n: number): ModelImage[] {
  return [...groupByPrompt(images).values()].flatMap((all) => {
    const sorted = all.toSorted((a, b) => a.seed - b.seed);
    const groups = Math.max(1, Math.floor(sorted.length / n));
    return Array.from({ length: groups }, (_, i) => {
      const best = sorted.slice(i * n, (i + 1) * n).reduce((a, b) => (b.score > a.score ? b : a));
      return { ...best, weight: 1 };
    });
  });
}

function groupByPrompt(images: readonly ModelImage[]): Map<string, ModelImage[]> {
  const ofPrompt = new Map<string, ModelImage[]>();
  for (const image of images) ofPrompt.set(image.promptId, [...(ofPrompt.get(image.promptId) ?? []), image]);
  return ofPrompt;
}

function countShort(images: readonly ModelImage[], n: number): number {
  return [...groupByPrompt(images).values()].filter(({ length }) => length < n).length;
}

function describeShort(prompts: number, bestOf: number): string {
  return `${plural(prompts, 'prompt has', 'prompts have')} fewer than ${bestOf} images: of those the best is taken, even where there is one`;
}
