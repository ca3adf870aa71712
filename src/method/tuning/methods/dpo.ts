// Diffusion-DPO (Wallace et al., 2023): a better and a worse picture of one prompt, told apart relative to the base model.

import { makeBatches } from '../batches.ts';
import { preferenceStep, tuningBatch } from '../loss.ts';
import { choosePreferences, pairPreferences } from '../preferences.ts';
import { addReference, openReferenceModel } from '../reference.ts';
import type { TuningMethod } from './method.ts';
import { batchOptions, WEIGHING } from './on-images.ts';

export const dpo: TuningMethod = {
  learnsFrom: () => 'pairs',
  usesAnswers: () => true,
  ignores: [...WEIGHING, 'weights', 'doubt'],
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
