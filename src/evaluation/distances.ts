// Fréchet distances of all contestants to renders of the same prompts, and how near other renders come.

import { mean } from './bootstrap.ts';
import type { Contestant } from './contestants.ts';
import { withinPromptDistance } from './diversity.ts';
import { type FrechetMeter, fitGaussian, frechetFrom } from './frechet.ts';
import { type Estimate, jackknife } from './jackknife.ts';
import type { Floor, FrechetReport, RendersReport } from './report.ts';

/** Features by prompt. */
export type PromptFeatures = readonly (readonly Float32Array[])[];

const GROUPS = 10;

/** The distance of features to the reference of `meter`, with a standard error over prompts; `growth` is against `base`. */
export function measureDistance(features: PromptFeatures, meter: FrechetMeter, base?: PromptFeatures): FrechetReport {
  const distanceOf = (byPrompt: PromptFeatures) => (kept: readonly number[]) =>
    meter(fitGaussian(kept.flatMap((i) => byPrompt[i]!)));
  const prompts = features.length;
  const growth: Estimate | null = base
    ? jackknife(prompts, GROUPS, (kept) => distanceOf(features)(kept) / distanceOf(base)(kept) - 1)
    : null;
  return { ...jackknife(prompts, GROUPS, distanceOf(features)), images: features.flat().length, growth };
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
  reference: PromptFeatures,
  draws: readonly PromptFeatures[],
  meter: FrechetMeter,
): RendersReport {
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
    diversity: mean(reference.map((byPrompt) => withinPromptDistance(byPrompt)!)),
    floor: { all: floorOf((byPrompt) => byPrompt), first: floorOf((byPrompt) => byPrompt.slice(0, 1)) },
  };
}
