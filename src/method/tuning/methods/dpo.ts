// Diffusion-DPO (Wallace et al., 2023): a better and a worse picture of one prompt, told apart relative to the base model.

import { CollimateError } from '../../../util/errors.ts';
import { makeBatches } from '../batches.ts';
import { preferenceStep, tuningBatch } from '../loss.ts';
import { usesPairs } from '../mixture.ts';
import { choosePreferences, pairPreferences } from '../preferences.ts';
import { addReference, openReferenceModel } from '../reference.ts';
import { isOwnChoice } from '../sources.ts';
import type { TuningMethod } from './method.ts';
import { batchOptions, WEIGHING } from './on-images.ts';

export const dpo: TuningMethod = {
  compares: true,
  learnsFrom: () => 'pairs',
  usesAnswers: () => true,
  ignores: (settings) => [
    // Pre-training pairs have it too.
    ...WEIGHING.filter((key) => key !== 'minSnrGamma' || !usesPairs(settings)),
    ...['weights', 'doubt'],
    ...(settings.dpo.capLoser ? [] : ['dpo.capMargin']),
    ...(settings.dpo.ownNoise > 0 ? ['timestepRange'] : []),
  ],
  replays: ({ dpo: { ownNoise } }) => ownNoise,
  check({ dpo: { ownNoise }, images, workers }) {
    if (ownNoise === 0) return;
    const [key, got] = isOwnChoice(images) ? ['workers', workers] : ['images', images];
    if (key === 'workers' && workers === 0) return;
    throw new CollimateError(
      'CONFIG',
      `tune.dpo.ownNoise: a picture's own noise is that of its drawing, here and by this model, got tune.${key} ${got}`,
      `Set tune.dpo.ownNoise to 0, or tune.${key} to ${key === 'images' ? 'own' : 0}.`,
    );
  },
  select: (source) => choosePreferences(source, source.settings.dpo.soft),
  step: ({ pipeline, mixture, latentShape, conditionShapes, settings: { beta, gradientCheckpointing, dpo } }) => ({
    batch: tuningBatch(mixture, latentShape, conditionShapes, true),
    loss: preferenceStep(pipeline, {
      ...mixture,
      beta,
      gradientCheckpointing,
      dpoBeta: dpo.beta,
      soft: dpo.soft,
      capMargin: dpo.capLoser ? dpo.capMargin : undefined,
    }),
  }),
  async open(run) {
    const preferences = run.preferences ?? pairPreferences(run.data.images, run.seed, run.settings.dpo.soft);
    const batches = makeBatches(run.data, { ...batchOptions(run), preferences });
    const reference = await openReferenceModel(run);
    return {
      async batches(t, share) {
        const complete = await addReference(batches(t, share), reference);
        // The loss of pairs alone takes no weights.
        return run.mixture.pairs > 0 || run.settings.dpo.soft
          ? complete
          : complete.map(({ weights: _, ...rest }) => rest);
      },
      dispose: () => reference.dispose(),
    };
  },
  trials: [
    // Comparisons need smaller steps: at the rate of the others the model forgets how to draw. Errors of so small a model
    // differ by more than those of Stable Diffusion, for which the default of β is.
    { name: 'Diffusion-DPO', patch: { learningRate: 5e-5, dpo: { beta: 200 } } },
    { name: 'Diffusion-DPO, soft labels', patch: { learningRate: 5e-5, dpo: { beta: 200, soft: true } } },
    { name: 'Diffusion-DPO, loser capped', patch: { learningRate: 5e-5, dpo: { beta: 200, capLoser: true } } },
  ],
};
