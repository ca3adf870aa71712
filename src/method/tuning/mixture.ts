// How many rows of a batch are what: pure arithmetic, shown before a run and used by it.

import type { Config } from '../../project/config/config.ts';
import { asksForNew, flattenToFormer, renameStored } from '../../project/config/former-keys.ts';
import { METHOD_NAMES } from '../../project/config/tune-methods.ts';
import { CollimateError } from '../../util/errors.ts';
import type { PassRows } from './loss.ts';

/** Everything of a run's settings. */
export type TuneSettings = Config['tune'];

/** What a run is known by: of the sections of methods, that of its own; of precisions, one that earlier releases did not know. */
export function recordedSettings(settings: TuneSettings): Readonly<Record<string, unknown>> {
  const others: string[] = METHOD_NAMES.filter((name) => name !== settings.method);
  if (settings.mixedPrecision === 'no') others.push('mixedPrecision');
  if (!settings.textEncoderLora) others.push('textEncoderLora');
  if (settings.workers === 0) others.push(...ROUND_KEYS);
  return without(settings, others);
}

/** What says how rounds go, of which a run without them knows nothing, as those of earlier releases do. */
const ROUND_KEYS = ['workers', 'localSteps', 'outerLearningRate', 'outerMomentum'];

function without(settings: object, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(settings).filter(([key]) => !keys.includes(key)));
}

/**
 * The settings as earlier releases wrote them, latest first, where they ask for what was done then: runs of that time are
 * known by these. Keys of methods had no section, and earlier still `images` did not say whose and `fit` not how.
 */
export function formerSettings(settings: TuneSettings): object[] {
  if (asksForNew(settings) || settings.mixedPrecision !== 'no' || settings.textEncoderLora || settings.workers > 0)
    return [];
  const flat = without(flattenToFormer(settings), ['mixedPrecision', 'textEncoderLora', ...ROUND_KEYS]);
  const { fit, images, ...before } = flat;
  if (fit !== 'crop' || images === 'imported') return [flat];
  return [flat, { ...before, images: images === 'own' ? 'all' : images }];
}

/** Settings of a run as they are written now: what was `all` before `fit` was there is `own`, and methods have sections. */
export function currentSettings(stored: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const renamed = renameStored(stored);
  return stored.fit === undefined && stored.images === 'all' ? { ...renamed, images: 'own' } : renamed;
}

/** Settings with others in their place: of sections, the keys that are named. */
export function patchSettings(settings: TuneSettings, patch: object = {}): TuneSettings {
  const merged = Object.entries(patch).map(([key, value]: [string, unknown]) => {
    const before = settings[key as keyof TuneSettings];
    const isSection = METHOD_NAMES.some((name) => name === key);
    return [key, isSection ? { ...(before as object), ...(value as object) } : value];
  });
  return { ...settings, ...(Object.fromEntries(merged) as Partial<TuneSettings>) };
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
 * @param together images that are not to be parted
 * @throws CollimateError CONFIG where a batch is too small to hold both.
 */
export function planMixture(settings: TuneSettings, together = 1): Mixture {
  const { batchSize, pretrainShare, pretrainData, gradientAccumulationSteps: passes } = settings;
  const share = pretrainData === 'none' ? 0 : pretrainShare;
  const alone = Math.max(1, Math.round(batchSize * (1 - share)));
  const images = Math.max(together, together * Math.floor(alone / together));
  const pairs = Math.max(0, batchSize - images);
  if (share > 0 && pairs === 0)
    throw new CollimateError(
      'CONFIG',
      `tune.batchSize: ${batchSize} is too few to hold images and a share of ${pretrainShare} pre-training pairs`,
      'Raise tune.batchSize (--train_batch_size), or set tune.pretrainShare to 0.',
    );
  return { images, pairs: usesPairs(settings) ? pairs : 0, passes };
}
