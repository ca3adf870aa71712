// What a run will do, in numbers, before it starts.

import { describeFits, type FitCount, type PictureSides } from '../../pictures/fit.ts';
import { formatDuration, formatNumber, plural } from '../../util/text.ts';
import { describeSharing } from './averaging/sharing.ts';
import type { ModelImage } from './images.ts';
import { describeBatch } from './methods/describe-batch.ts';
import { methodOf, mixtureOf } from './methods/methods.ts';
import type { TuneSettings } from './mixture.ts';
import { describePreferences, type PreferenceCounts } from './preferences.ts';
import { countOrigins, describeOrigins, isOwnAlone, type OriginCounts } from './sources.ts';

export interface TunePlan {
  readonly images: number;
  /** Different prompts among them. */
  readonly prompts: number;
  readonly meanWeight: number;
  /** Images whose weight is below 0 or above 1. */
  readonly outOfRange: number;
  readonly pairs: number;
  readonly steps: number;
  readonly imagesPerStep: number;
  readonly pairsPerStep: number;
  /** How often each image is seen. */
  readonly epochs: number;
  /** Who drew the images. Plans of older runs have neither this nor what follows; theirs were the model's own. */
  readonly origins?: OriginCounts;
  /** What the method says of its choice of images, in lines. */
  readonly remarks?: readonly string[];
  /** How many images and pre-training pairs are not of the model's size, which is `size`. */
  readonly fits?: { readonly images: FitCount; readonly pairs: FitCount; readonly size: PictureSides };
}

/** What a plan is made of. */
export interface PlanSource {
  readonly images: readonly ModelImage[];
  readonly settings: TuneSettings;
  readonly pairs: { readonly captions: readonly string[] };
  readonly remarks: readonly string[];
  readonly fits: NonNullable<TunePlan['fits']>;
}

export function planRun({ images, settings, pairs, remarks, fits }: PlanSource): TunePlan {
  const mixture = mixtureOf(settings);
  const imagesPerStep = mixture.images * mixture.passes;
  return {
    images: images.length,
    prompts: new Set(images.map(({ promptId }) => promptId)).size,
    meanWeight: images.reduce((sum, { weight }) => sum + weight, 0) / images.length,
    outOfRange: images.filter(({ weight }) => weight < 0 || weight > 1).length,
    pairs: pairs.captions.length,
    steps: settings.maxTrainSteps,
    imagesPerStep,
    pairsPerStep: mixture.pairs * mixture.passes,
    epochs: (imagesPerStep * settings.maxTrainSteps) / images.length,
    origins: countOrigins(images),
    ...(remarks.length > 0 && { remarks }),
    fits,
  };
}

/** The plan as lines for people. */
export function describePlan(plan: TunePlan, settings: TuneSettings): string {
  const { method } = settings;
  const { images, prompts, meanWeight, outOfRange, steps, imagesPerStep, epochs } = plan;
  const own = methodOf(settings).describe?.(plan, settings);
  if (own) return own.join('\n');
  return [
    `${method}: ${plural(images, 'image')} of ${plural(prompts, 'prompt')}, mean weight ${formatNumber(meanWeight)}` +
      (outOfRange > 0 ? ` (${outOfRange} outside 0 to 1)` : ''),
    `each step: ${plural(imagesPerStep, 'image')}${describeBatch(plan, settings)}`,
    `${plural(steps, 'step')}: each image ${plural(Number(epochs.toPrecision(2)), 'time')}`,
    ...describeSharing(settings),
    ...(plan.origins && !isOwnAlone(plan.origins) ? [`images: ${describeOrigins(plan.origins)}`] : []),
    ...describeSources(plan, settings),
  ].join('\n');
}

/** What plans of earlier releases held in place of remarks. */
interface FormerSources {
  readonly preferences?: PreferenceCounts;
  readonly short?: number;
}

/** What of a plan tells where pictures and their pairs come from, and what is done to them. */
export type PlanSources = Pick<TunePlan, 'remarks' | 'fits'> & FormerSources;

/** Lines about pairs that came, prompts with few images, and pictures that were resized; none where there is nothing to say. */
export function describeSources(
  { remarks, preferences, short, fits }: PlanSources,
  { fit }: Pick<TuneSettings, 'fit'>,
): string[] {
  const sized = (kind: 'images' | 'pairs') => fits && describeFits(fits[kind], fits.size, fit);
  const ofPairs = sized('pairs');
  const lines: (string | undefined)[] = [
    preferences && preferences.came + preferences.ties > 0 ? describePreferences(preferences) : undefined,
    short ? `${plural(short, 'prompt has', 'prompts have')} fewer images than the best was chosen of` : undefined,
    ...(remarks ?? []),
    sized('images'),
    ofPairs === undefined ? undefined : `pre-training pairs: ${ofPairs}`,
  ];
  return lines.filter((line) => line !== undefined);
}

const MEASURED_STEPS = 3;

/** Calls `say` once, with the expected duration, when three steps have been timed. */
export function createEstimate(steps: number, say: (text: string) => void): (seconds: number, done: number) => void {
  const measured: number[] = [];
  return (seconds, done) => {
    measured.push(seconds);
    if (measured.length !== MEASURED_STEPS || done >= steps) return;
    // The first step warms caches up and tells too much.
    const each = measured.slice(1).reduce((sum, time) => sum + time, 0) / (MEASURED_STEPS - 1);
    say(
      `a step takes ${formatDuration(each)}: about ${formatDuration(each * (steps - done))} left, samples not counted`,
    );
  };
}
