// What a run will do, in numbers, before it starts.

import { formatDuration, formatNumber } from '../../util/text.ts';
import type { ModelImage } from './images.ts';
import { planMixture, type TuneSettings } from './mixture.ts';

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
}

export function planRun(images: readonly ModelImage[], pairs: number, settings: TuneSettings): TunePlan {
  const mixture = planMixture(settings);
  const imagesPerStep = mixture.images * mixture.passes;
  return {
    images: images.length,
    prompts: new Set(images.map(({ promptId }) => promptId)).size,
    meanWeight: images.reduce((sum, { weight }) => sum + weight, 0) / images.length,
    outOfRange: images.filter(({ weight }) => weight < 0 || weight > 1).length,
    pairs,
    steps: settings.maxTrainSteps,
    imagesPerStep,
    pairsPerStep: mixture.pairs * mixture.passes,
    epochs: (imagesPerStep * settings.maxTrainSteps) / images.length,
  };
}

/** The plan as lines for people. */
export function describePlan(plan: TunePlan, settings: TuneSettings): string {
  const { method, beta, batchSize, gradientAccumulationSteps } = settings;
  const { images, prompts, meanWeight, outOfRange, pairs, steps, imagesPerStep, pairsPerStep, epochs } = plan;
  const second =
    pairsPerStep > 0 ? ` and ${pairsPerStep} of ${pairs} pre-training pairs, β = ${beta}` : ', no pre-training pairs';
  if (method === 'ddpo')
    return [
      `ddpo: rounds of ${settings.policyImages} pictures of each of ${Math.min(prompts, settings.policyPrompts)} prompts, judged by the reward function`,
      `each step: ${imagesPerStep} steps of denoising${second} (${gradientAccumulationSteps} × ${batchSize})`,
      `${steps} steps: ${Math.ceil(steps / settings.policySteps)} rounds`,
    ].join('\n');
  return [
    `${method}: ${images} images of ${prompts} prompts, mean weight ${formatNumber(meanWeight)}` +
      (outOfRange > 0 ? ` (${outOfRange} outside 0 to 1)` : ''),
    `each step: ${imagesPerStep} images${second} (${gradientAccumulationSteps} × ${batchSize})`,
    `${steps} steps: each image ${formatNumber(Number(epochs.toPrecision(2)))} times`,
  ].join('\n');
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
