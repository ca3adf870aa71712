// Fréchet distances of all contestants to renders of the same prompts, and how near other renders come.

import type { Prompt } from '../../project/images/prompts.ts';
import { mean } from '../../statistics/bootstrap.ts';
import { frechetDistance, measureSubsets } from '../../statistics/frechet.ts';
import { growthOf, jackknife, type LeftOut, leaveOut } from '../../statistics/jackknife.ts';
import type { Contestant } from './contestants.ts';
import { withinPromptDistance } from './diversity.ts';
import type { Floor, FrechetReport, RendersReport } from './report.ts';

/** Features by prompt. */
export type PromptFeatures = readonly (readonly Float32Array[])[];

const GROUPS = 10;

/** The distances of features to reference renders, with groups of prompts left out in turn. */
function measureDistances(features: PromptFeatures, reference: PromptFeatures): LeftOut {
  const meter = measureSubsets(features.flat(), reference.flat());
  const prompts = features.flatMap((byPrompt, i) => byPrompt.map(() => i));
  return leaveOut(features.length, GROUPS, (kept) => {
    const isKept = new Set(kept);
    return meter([...prompts.keys()].filter((row) => isKept.has(prompts[row]!)));
  });
}

/** The distances of each contestant; the first is the base, against which growth is told where it has as many images. */
export function compareDistances(clouds: readonly PromptFeatures[], reference: PromptFeatures): FrechetReport[] {
  const distances = clouds.map((features) => measureDistances(features, reference));
  const images = clouds.map((features) => features.flat().length);
  return distances.map((distance, i) => {
    // Clouds of different sizes are biased differently.
    const comparable = i > 0 && images[i] === images[0];
    const growth = comparable ? jackknife(growthOf(distance, distances[0]!)) : null;
    return { ...jackknife(distance), images: images[i]!, growth };
  });
}

/** The features of a contestant's images, or of the first of each prompt. */
export function featuresOf({ images }: Contestant, which: 'all' | 'first'): PromptFeatures {
  return images.map((byPrompt) => (which === 'all' ? byPrompt : byPrompt.slice(0, 1)).map(({ features }) => features));
}

/** What renders reach against the reference: `draws` are independent of it and hold as many images as a model drew. */
export function summarizeRenders(
  prompts: readonly Pick<Prompt, 'split'>[],
  reference: PromptFeatures,
  draws: readonly PromptFeatures[],
): RendersReport {
  const distances = reference.map((byPrompt) => withinPromptDistance(byPrompt)!);
  const floorOf = (which: (byPrompt: readonly Float32Array[]) => readonly Float32Array[]): Floor => {
    const clouds = draws.map((draw) => draw.flatMap(which));
    return {
      images: clouds[0]!.length,
      distance: mean(clouds.map((cloud) => frechetDistance(cloud, reference.flat()))),
      draws: clouds.length,
    };
  };
  return {
    images: reference.flat().length,
    diversity: mean(distances),
    diversityOf: Object.fromEntries(
      [...new Set(prompts.map(({ split }) => split))].map((split) => [
        split,
        mean(distances.filter((_, i) => prompts[i]!.split === split)),
      ]),
    ),
    floor: { all: floorOf((byPrompt) => byPrompt), first: floorOf((byPrompt) => byPrompt.slice(0, 1)) },
  };
}
