// How many rows of a batch are what: pure arithmetic, shown before a run and used by it.

import type { Config } from '../../project/config/config.ts';
import { CollimateError } from '../../util/errors.ts';
import type { PassRows } from './loss.ts';

/** Everything of a run's settings. */
export type TuneSettings = Config['tune'];

/**
 * The settings as they were written before `images` said whose and `fit` how, where they ask for what was done then: runs of
 * that time are known by these.
 */
export function formerSettings({ fit, images, ...settings }: TuneSettings): object | undefined {
  if (fit !== 'crop' || images === 'imported') return undefined;
  return { ...settings, images: images === 'own' ? 'all' : images };
}

/** Settings of a run as they are written now: what was `all` before `fit` was there is `own`. */
export function currentSettings(stored: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return stored.fit === undefined && stored.images === 'all' ? { ...stored, images: 'own' } : stored;
}

export interface Mixture extends PassRows {
  /** Passes that make one step. */
  readonly passes: number;
}

/** Whether the second term of the loss is there at all. */
export function usesPairs({ beta, pretrainShare, pretrainData }: TuneSettings): boolean {
  return beta > 0 && pretrainShare > 0 && pretrainData !== 'none';
}

/**
 * The rows of a pass. With β = 0 the model images stay as many as they are beside pairs, so that runs of different β
 * differ in that term alone; with `pretrainShare` 0 or no pre-training data they fill the batch.
 *
 * @throws CollimateError CONFIG where a batch is too small to hold both.
 */
export function planMixture(settings: TuneSettings): Mixture {
  const { batchSize, pretrainShare, pretrainData, gradientAccumulationSteps: passes } = settings;
  const share = pretrainData === 'none' ? 0 : pretrainShare;
  const alone = Math.max(1, Math.round(batchSize * (1 - share)));
  const images = settings.method === 'dpo' ? Math.max(2, 2 * Math.floor(alone / 2)) : alone; // whole pairs of images
  const pairs = Math.max(0, batchSize - images);
  if (share > 0 && pairs === 0)
    throw new CollimateError(
      'CONFIG',
      `tune.batchSize: ${batchSize} is too few to hold images and a share of ${pretrainShare} pre-training pairs`,
      'Raise tune.batchSize (--train_batch_size), or set tune.pretrainShare to 0.',
    );
  return { images, pairs: usesPairs(settings) ? pairs : 0, passes };
}
