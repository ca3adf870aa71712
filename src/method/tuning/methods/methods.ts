// The ways to tune, by name. Adding one is a file beside this, a line here, and its words and settings in the configuration.

import type { MethodName } from '../../../project/config/tune-methods.ts';
import { CollimateError } from '../../../util/errors.ts';
import type { Mixture, TuneSettings } from '../mixture.ts';
import { planMixture } from '../mixture.ts';
import { isOwnChoice } from '../sources.ts';
import { contrast } from './contrast.ts';
import { ddpo } from './ddpo.ts';
import { dpo } from './dpo.ts';
import { kto } from './kto.ts';
import type { TuningMethod } from './method.ts';
import { nft } from './nft.ts';
import { refl } from './refl.ts';
import { rewardWeighted } from './reward-weighted.ts';
import { sft } from './sft.ts';

export const METHODS: { readonly [N in MethodName]: TuningMethod } = {
  'reward-weighted': rewardWeighted,
  sft,
  dpo,
  ddpo,
  kto,
  nft,
  contrast,
  refl,
};

/** The method that these settings name. */
export function methodOf({ method }: Pick<TuneSettings, 'method'>): TuningMethod {
  return METHODS[method];
}

/** The rows of a pass, whole pairs of images where a method learns from pairs. */
export function mixtureOf(settings: TuneSettings, method = methodOf(settings)): Mixture {
  return planMixture(settings, method.learnsFrom(settings) === 'pairs' ? 2 : 1);
}

/** Whether pictures are drawn while tuning, and the project's lend their prompts alone. */
export function drawsPictures(settings: TuneSettings): boolean {
  return methodOf(settings).learnsFrom(settings) === 'prompts';
}

/** @throws CollimateError CONFIG where settings ask of a method what it refuses. */
export function checkMethod(settings: TuneSettings): void {
  const { method, images } = settings;
  if (drawsPictures(settings) && !isOwnChoice(images)) {
    const others = Object.entries(METHODS).filter(([, other]) => other.learnsFrom(settings) !== 'prompts');
    throw new CollimateError(
      'CONFIG',
      `tune.images: ${method} draws pictures of its own in rounds and learns from no others, got ${images}`,
      `Set tune.images to own (--images own), or tune by ${others.map(([name]) => name).join(', ')} (--method).`,
    );
  }
  methodOf(settings).check?.(settings);
}
