// Two LoRAs at once, one from good pictures and one from bad, whose difference is drawn with (after PGD, pairwise guidance).

import { add, mean, mul, reshape, slice } from '../../../engine/graph/functions.ts';
import type { Tensor } from '../../../engine/graph/tensor.ts';
import { CollimateError } from '../../../util/errors.ts';
import { makeBatches } from '../batches.ts';
import { denoisingErrors, tuningBatch, withPairs } from '../loss.ts';
import { choosePreferences, pairPreferences } from '../preferences.ts';
import type { TuningMethod } from './method.ts';
import { batchOptions, WEIGHING } from './on-images.ts';

/**
 * `mean e_good(w) + mean e_bad(l)`, w the better and l the worse picture of each pair, plus `β·mean e_pre` of both networks. What is
 * saved is one LoRA, `s·(good − bad)`, so that it is drawn with at any strength.
 */
export const contrast: TuningMethod = {
  learnsFrom: () => 'pairs',
  usesAnswers: () => true,
  ignores: () => [...WEIGHING, 'weights', 'doubt'],
  check({ loraRank }) {
    if (loraRank > 0) return;
    throw new CollimateError(
      'CONFIG',
      'tune.loraRank: expected a rank above 0 for contrast, which learns two LoRAs beside the model, got 0',
      'Set tune.loraRank (--rank 4), or tune by another method.',
    );
  },
  networks: ({ contrast: { strength } }) => [strength, -strength],
  select: (source) => choosePreferences(source),
  step({ pipeline, mixture, latentShape, conditionShapes, settings: { beta, gradientCheckpointing } }) {
    const { images, pairs } = mixture;
    return {
      batch: tuningBatch(mixture, latentShape, conditionShapes),
      loss(good, batch, [bad]) {
        const [first, second] = [good, bad!].map((p) => {
          const errors = denoisingErrors(p, pipeline, batch, gradientCheckpointing);
          return mul(errors, batch.weights!);
        }) as [Tensor, Tensor];
        const ofPairs = (errors: Tensor, place: number) =>
          mean(slice(reshape(slice(errors, 0, 0, images), [images / 2, 2]), 1, place, place + 1));
        const reward = add(ofPairs(first, 0), ofPairs(second, 1));
        return withPairs(reward, add(first, second), { images, pairs, beta });
      },
    };
  },
  async open(run) {
    const { data, seed } = run;
    const preferences = run.preferences ?? pairPreferences(data.images, seed);
    // Answers made the pairs: within them each picture counts alike.
    const even = { ...data, images: { ...data.images, weights: new Float32Array(data.images.weights.length).fill(1) } };
    return { batches: makeBatches(even, { ...batchOptions(run), minSnrGamma: 0, preferences }) };
  },
  trials: [
    { name: 'contrast', patch: { loraRank: 4, learningRate: 1e-3 } },
    { name: 'contrast, stronger', patch: { loraRank: 4, learningRate: 1e-3, contrast: { strength: 2 } } },
    { name: 'contrast, slower', patch: { loraRank: 4, learningRate: 3e-4 } },
  ],
};
