// Fréchet distances of all contestants to renders of the same prompts, and how near other renders come.

import type { Prompt } from '../../project/images/prompts.ts';
import { mean } from '../../statistics/bootstrap.ts';
import { type FrechetMeter, fitGaussian, frechetFrom } from '../../statistics/frechet.ts';
import { growthOf, jackknife, type LeftOut, leaveOut } from '../../statistics/jackknife.ts';
import type { Contestant } from './contestants.ts';
import { withinPromptDistance } from './diversity.ts';
import type { Floor, FrechetReport, RendersReport } from './report.ts';

/** Features by prompt. */
export type PromptFeatures = readonly (readonly Float32Array[])[];

const GROUPS = 10;

/** The distances of features to the reference of `meter`, with groups of prompts left out in turn. */
function measureDistances(features: PromptFeatures, meter: FrechetMeter): LeftOut {
  return leaveOut(features.length, GROUPS, (kept) => meter(fitGaussian(kept.flatMap((i) => features[i]!))));
}

/** The distances of each contestant; the first is the base, against which growth is told where it has as many images. */
export function compareDistances(clouds: readonly PromptFeatures[], meter: FrechetMeter): FrechetReport[] {
  const distances = clouds.map((features) => measureDistances(features, meter));
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

/** The meter from reference renders. */
export function meterOf(reference: PromptFeatures): FrechetMeter {
  return frechetFrom(fitGaussian(reference.flat()));
}

/** What renders reach against the reference: `draws` are independent of it and hold as many images as a model drew. */
export function summarizeRenders(
  prompts: readonly Pick<Prompt, 'split'>[],
  reference: PromptFeatures,
  draws: readonly PromptFeatures[],
  meter: FrechetMeter,
): RendersReport {
  const distances = reference.map((byPrompt) => withinPromptDistance(byPrompt)!);
  const floorOf = (which: (byPrompt: readonly Float32Array[]) => readonly Float32Array[]): Floor => {
    const clouds = draws.map((draw) => draw.flatMap(which));
    return {
      images: clouds[0]!.length,
      distance: mean(clouds.map((cloud) => meter(fitGaussian(cloud)))),
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
