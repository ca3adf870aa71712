// Negative-aware fine-tuning (DiffusionNFT, 2026): the likelihood of good pictures, and of the opposite of bad ones.

import {
  abs,
  add,
  div,
  maximum,
  mean,
  mul,
  reshape,
  slice,
  stopGradient,
  sub,
} from '../../../engine/graph/functions.ts';
import type { Tensor } from '../../../engine/graph/tensor.ts';
import { CollimateError } from '../../../util/errors.ts';
import { plural } from '../../../util/text.ts';
import { makeBatches, type Share } from '../batches.ts';
import { openFrozenModel } from '../frozen.ts';
import { type ModelImage, selectImages } from '../images.ts';
import { meanSquare, predict, type TuningLossOptions, tuningBatch, withPairs } from '../loss.ts';
import { checkRounds } from '../policy/rounds.ts';
import { describeBatch } from './describe-batch.ts';
import type { MethodRun, TuningMethod } from './method.ts';
import { openNftRounds } from './nft-rounds.ts';
import { batchOptions, LABELLED, WEIGHING } from './on-images.ts';
import { reachOf } from './reach.ts';

export interface NegativeAwareOptions extends TuningLossOptions {
  /** How far the good and the bad model lie from the old one: `v± = v_old ± β·(v − v_old)`. */
  readonly mix: number;
  /** Weight of the distance to the model before tuning. */
  readonly klWeight: number;
}

export interface NegativeAwareRows {
  /** The network's outputs, [B, C, h, w]. */
  readonly outputs: Tensor;
  /** [B, C, h, w] */
  readonly target: Tensor;
  /** Outputs of the old model for images, [images, C, h, w]. */
  readonly old: Tensor;
  /** Outputs of the model before tuning for images, where that is another one. */
  readonly anchor?: Tensor | undefined;
  /** `|∂x̂0/∂v|` of images, [images]. */
  readonly reach: Tensor;
  /** Of images how good they are, from 0 to 1, of pre-training pairs 1, [B]. */
  readonly weights: Tensor;
}

/** Errors are divided by no less than this. */
const LEAST = 1e-5;

/**
 * `mean [r·‖x̂0(v₊) − x0‖²/w₊ + (1 − r)·‖x̂0(v₋) − x0‖²/w₋]/β + κ·mean (v − v_base)² + β_pre·mean e_pre`, `v₊ = v_old + β(v − v_old)`,
 * `v₋ = v_old − β(v − v_old)`, `w = mean |x̂0 − x0|` without gradient, squares as means. Since the target v* gives x0, `x̂0(v) − x0` is
 * `reach·(v − v*)` for networks that predict noise as for those that predict velocity.
 */
export function negativeAwareLoss(rows: NegativeAwareRows, options: NegativeAwareOptions) {
  const { images, mix, klWeight } = options;
  const { outputs, target, old, reach, weights, anchor = old } = rows;
  const first = (tensor: Tensor) => slice(tensor, 0, 0, images);
  const change = mul(sub(first(outputs), old), mix);
  const scale = reshape(reach, [images, 1, 1, 1]);
  const lossOf = (v: Tensor) => {
    const error = mul(sub(v, first(target)), scale);
    return div(meanSquare(error), stopGradient(maximum(mean(abs(error), [1, 2, 3]), LEAST)));
  };
  const [good, bad] = [lossOf(add(old, change)), lossOf(sub(old, change))];
  const quality = first(weights);
  const policy = mul(mean(add(mul(quality, good), mul(sub(1, quality), bad))), 1 / mix);
  const drift = mean(meanSquare(sub(first(outputs), anchor)));
  const errors = mul(meanSquare(sub(outputs, target)), weights);
  return withPairs(add(policy, mul(drift, klWeight)), errors, options);
}

/** What says how rounds go. */
const ROUND_KEYS = ['prompts', 'images', 'steps', 'sampler', 'denoisingSteps'].map((key) => `nft.${key}`);

export const nft: TuningMethod = {
  compares: true,
  learnsFrom: ({ nft: { source } }) => (source === 'rounds' ? 'prompts' : 'images'),
  usesAnswers: ({ nft: { source } }) => source === 'answers',
  ignores: ({ nft: { source } }) => [
    ...WEIGHING,
    ...(source === 'reward' ? [] : ['weights', 'doubt']),
    ...(source === 'rounds' ? [] : ROUND_KEYS),
  ],
  check(settings) {
    if (settings.nft.source === 'rounds') checkRounds(settings, 'nft');
  },
  checkProcess({ nft: { source, sampler, denoisingSteps } }, { samplers, sampler: open }) {
    if (source !== 'rounds') return;
    if (samplers.includes(sampler)) return void open(sampler, denoisingSteps);
    throw new CollimateError(
      'CONFIG',
      `tune.nft.sampler: expected ${samplers.join(', ')}, by which this model's noise becomes a picture, got ${sampler}`,
      `Give --nft-sampler ${samplers[0]}.`,
    );
  },
  async select(source) {
    let outside = 0;
    const selection = await selectImages(source, (scored) => {
      outside = scored.filter(({ score }) => score < 0 || score > 1).length;
      return scored.map(asQuality);
    });
    const remark = `${outside} scores outside 0 to 1 are taken for its ends; --weights calibrated has none`;
    return { ...selection, remarks: outside > 0 ? [remark] : [] };
  },
  step({ pipeline, mixture, latentShape, conditionShapes, settings }) {
    const { beta, gradientCheckpointing, nft: own } = settings;
    const options = { ...mixture, beta, mix: own.beta, klWeight: own.klWeight };
    const float = (...shape: number[]) => ({ dtype: 'float32' as const, shape });
    return {
      batch: {
        ...tuningBatch(mixture, latentShape, conditionShapes),
        old: float(mixture.images, ...latentShape),
        reach: float(mixture.images),
        ...(hasAnchor(settings) && { anchor: float(mixture.images, ...latentShape) }),
      },
      loss: (p, batch) => {
        const outputs = predict(p, pipeline, batch, gradientCheckpointing);
        const { target, old, anchor, reach, weights } = batch;
        return negativeAwareLoss(
          { outputs, target: target!, old: old!, anchor, reach: reach!, weights: weights! },
          options,
        );
      },
    };
  },
  open: (run) =>
    run.settings.nft.source === 'rounds' ? openNftRounds(run, hasAnchor(run.settings)) : openOffline(run),
  describe(plan, settings) {
    const { source, prompts, images, steps } = settings.nft;
    if (source !== 'rounds') return undefined;
    return [
      `nft: rounds of ${plural(images, 'picture')} of each of ${plural(Math.min(plan.prompts, prompts), 'prompt')}, judged by the reward function`,
      `each step: ${plural(plan.imagesPerStep, 'image')}${describeBatch(plan, settings)}`,
      `${plural(plan.steps, 'step')}: ${plural(Math.ceil(plan.steps / steps), 'round')}`,
    ];
  },
  trials: [
    { name: 'NFT by answers', patch: { learningRate: 5e-5 } },
    // What the second world is lifted by (docs/pretraining.md).
    {
      name: 'NFT by rewards',
      patch: { learningRate: 4e-4, weights: 'calibrated', nft: { source: 'reward', beta: 0.2 } },
    },
    { name: 'NFT in rounds', patch: { learningRate: 5e-5, nft: { source: 'rounds' } } },
  ],
};

/** In rounds, the old model soon is another one than that before tuning. */
function hasAnchor({ nft: { source, klWeight } }: Parameters<TuningMethod['usesAnswers']>[0]): boolean {
  return source === 'rounds' && klWeight > 0;
}

function asQuality(image: ModelImage): ModelImage {
  return { ...image, weight: Math.min(1, Math.max(0, image.score)) };
}

/** From pictures that are there, with the model before tuning as the old one. */
async function openOffline(run: MethodRun) {
  const batches = makeBatches(run.data, { ...batchOptions(run), ...LABELLED });
  const base = await openFrozenModel(run);
  return {
    async batches(t: number, share?: Share) {
      const passes = [];
      for (const batch of batches(t, share))
        passes.push({ ...batch, old: await base.outputs(batch), reach: reachOf(run, batch) });
      return passes;
    },
    dispose: () => base.dispose(),
  };
}
