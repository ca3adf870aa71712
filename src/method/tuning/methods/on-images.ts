// What methods share that learn from images one by one, each with a weight.

import { makeBatches } from '../batches.ts';
import { selectImages } from '../images.ts';
import { tuningBatch, tuningLoss } from '../loss.ts';
import type { TuneSettings } from '../mixture.ts';
import type { MethodRun, TuningMethod } from './method.ts';

/** How rows of images and pairs are drawn, from the settings of a run. */
export function batchOptions({ seed, process, mixture, settings }: MethodRun) {
  const { captionDropout, sampling, timestepRange, minSnrGamma } = settings;
  return { seed, process, mixture, captionDropout, sampling, timestepRange, minSnrGamma };
}

/** Settings that turn scores into weights, of which methods that take answers or scores as they are take no notice. */
export const WEIGHING = [
  'weighting',
  'weightTemperature',
  'weightThreshold',
  'evenPrompts',
  'clipRewards',
  'sampling',
  'minSnrGamma',
] as const satisfies readonly (keyof TuneSettings)[];

/** Batches whose images' weights are answers: nothing else is to change them. */
export const LABELLED = { sampling: 'uniform', minSnrGamma: 0 } as const;

/** Likelihood of images, each with its weight. */
export const onImages: Omit<TuningMethod, 'trials'> = {
  learnsFrom: () => 'images',
  usesAnswers: ({ weights }) => weights === 'label',
  select: (source) => selectImages(source),
  step: ({ pipeline, mixture, latentShape, conditionShapes, settings: { beta, gradientCheckpointing } }) => ({
    batch: tuningBatch(mixture, latentShape, conditionShapes),
    loss: tuningLoss(pipeline, { ...mixture, beta, gradientCheckpointing }),
  }),
  open: async (run) => ({ batches: makeBatches(run.data, batchOptions(run)) }),
};
