// Diffusion-KTO (Li et al., 2024): good and bad answers as they were given, no pairs needed.

import { join } from 'node:path';
import { add, maximum, mean, mul, neg, sigmoid, slice, stopGradient, sub } from '../../../engine/graph/functions.ts';
import type { Tensor } from '../../../engine/graph/tensor.ts';
import { shapeError } from '../../../engine/graph/types.ts';
import { CollimateError } from '../../../util/errors.ts';
import { makeBatches } from '../batches.ts';
import { type ModelImage, selectImages } from '../images.ts';
import { denoisingErrors, type TuningLossOptions, tuningBatch, withPairs } from '../loss.ts';
import { readMetrics } from '../metrics.ts';
import { addReference, openReferenceModel } from '../reference.ts';
import type { TuningMethod } from './method.ts';
import { batchOptions, LABELLED, WEIGHING } from './on-images.ts';

export interface UtilityOptions extends TuningLossOptions {
  /** β: how soon a picture counts as learned. */
  readonly utilityBeta: number;
  /** λ of good and of bad pictures. */
  readonly goodWeight: number;
  readonly badWeight: number;
}

export interface UtilityRows {
  /** [B] */
  readonly errors: Tensor;
  /** The same errors of the model before tuning, [B]. */
  readonly reference: Tensor;
  /** Of images the share of good answers, of pre-training pairs 1, [B]. */
  readonly weights: Tensor;
  /** What the mean gain of this pass counts by in the reference point, and what earlier steps add to it, [2]. */
  readonly point: Tensor;
}

/**
 * `mean p·λ_good·(1 − σ(β(g − z))) + (1 − p)·λ_bad·(1 − σ(β(z − g))) + β_pre·mean e_pre`, `g = e_ref − e` the gain of a picture, `z` the
 * mean gain over this and earlier steps, at least 0 and without gradient, `p` the share of good answers (Li et al., 2024, equation
 * 8 for p of 0 and 1). A picture that is as likely as its answers ask for teaches no more.
 */
export function utilityLoss(rows: UtilityRows, options: UtilityOptions) {
  const { images, pairs, utilityBeta, goodWeight, badWeight } = options;
  const { errors, reference, weights, point } = rows;
  if (errors.shape[0] !== images + pairs)
    throw shapeError('utility loss', `${images} images and ${pairs} pairs`, `${errors.shape[0]} samples`);
  const first = (tensor: Tensor) => slice(tensor, 0, 0, images);
  const gain = first(sub(reference, errors));
  const now = mean(gain, [0], true); // [1]
  const level = add(mul(slice(point, 0, 0, 1), now), slice(point, 0, 1, 2));
  const margin = mul(sub(gain, stopGradient(maximum(level, 0))), utilityBeta);
  const good = mul(first(weights), goodWeight);
  const bad = mul(sub(1, first(weights)), badWeight);
  // 1 − σ(x) = σ(−x)
  const reward = mean(add(mul(good, sigmoid(neg(margin))), mul(bad, sigmoid(margin))));
  const { loss, metrics } = withPairs(reward, mul(errors, weights), options);
  return { loss, metrics: { ...metrics, gain: mean(now) } };
}

export const kto: TuningMethod = {
  compares: true,
  learnsFrom: () => 'images',
  usesAnswers: () => true,
  alone: 'its reference point is the mean gain of the steps before',
  ignores: () => [...WEIGHING, 'weights', 'doubt'],
  async select(source) {
    const selection = await selectImages(source, (scored) => [...scored]);
    checkBothKinds(selection.images);
    return selection;
  },
  step({ pipeline, mixture, latentShape, conditionShapes, settings }) {
    const { beta, gradientCheckpointing, kto: own } = settings;
    const { beta: utilityBeta, goodWeight, badWeight } = own;
    const options = { ...mixture, beta, gradientCheckpointing, utilityBeta, goodWeight, badWeight };
    return {
      batch: {
        ...tuningBatch(mixture, latentShape, conditionShapes, true),
        point: { dtype: 'float32', shape: [2] },
      },
      loss: (p, batch) => {
        const { reference, weights, point } = batch;
        const errors = denoisingErrors(p, pipeline, batch, gradientCheckpointing);
        return utilityLoss({ errors, reference: reference!, weights: weights!, point: point! }, options);
      },
    };
  },
  async open(run) {
    const { goodShare, window } = run.settings.kto;
    const drawnBy = drawByAnswer(run.data.images.weights, goodShare);
    const batches = makeBatches(run.data, { ...batchOptions(run), ...LABELLED, drawnBy });
    const reference = await openReferenceModel(run);
    const gains = readMetrics(join(run.runDir, 'metrics.jsonl')).map(({ gain = 0 }) => gain);
    return {
      async batches(t) {
        const point = pointOf(gains.slice(Math.max(0, t - window), t - 1));
        return (await addReference(batches(t), reference)).map((batch) => ({ ...batch, point }));
      },
      observe: ({ gain = 0 }) => void gains.push(gain),
      dispose: () => reference.dispose(),
    };
  },
  trials: [
    { name: 'Diffusion-KTO', patch: { learningRate: 5e-5, kto: { beta: 200 } } },
    { name: 'Diffusion-KTO, stronger', patch: { learningRate: 5e-5, kto: { beta: 1000 } } },
    { name: 'Diffusion-KTO, faster', patch: { learningRate: 1e-4, kto: { beta: 200 } } },
  ],
};

/** What this pass counts by in the mean over it and earlier steps, and what they add. */
function pointOf(earlier: readonly number[]): Float32Array {
  const count = earlier.length + 1;
  return Float32Array.of(1 / count, earlier.reduce((sum, gain) => sum + gain, 0) / count);
}

/** How often each picture is drawn, so that `share` of a batch is good; a picture of two minds is drawn as both. */
export function drawByAnswer(labels: Float32Array, share: number): Float32Array {
  const good = labels.reduce((sum, label) => sum + label, 0);
  return labels.map((label) => (share * label) / good + ((1 - share) * (1 - label)) / (labels.length - good));
}

/** @throws CollimateError MISSING_STAGE where all answers are of one kind. */
export function checkBothKinds(images: readonly Pick<ModelImage, 'weight'>[]): void {
  const missing = images.every(({ weight }) => weight === 0)
    ? 'good'
    : images.every(({ weight }) => weight === 1)
      ? 'bad'
      : '';
  if (missing === '') return;
  throw new CollimateError(
    'MISSING_STAGE',
    `tune: none of the ${images.length} images has an answer ${missing}, and kto learns from both kinds`,
    'Have more images rated (`collimate studio`, `collimate import`), or tune by another method.',
  );
}
