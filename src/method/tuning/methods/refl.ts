// Reward feedback learning (ReFL: Xu et al., 2023, "ImageReward"; one step with a slope as in DRaFT-1: Clark et al., 2024): the
// reward is differentiated through its encoder, the autoencoder and one late step of denoising.

import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { add, mean, mul, relu, reshape, slice, sub } from '../../../engine/graph/functions.ts';
import type { Tensor } from '../../../engine/graph/tensor.ts';
import type { BatchTypes } from '../../../engine/training/step.ts';
import { initialLatents } from '../../../models/diffusion/denoise.ts';
import { latentSizes } from '../../../models/inference/latents.ts';
import { createPredictor, type Predictor } from '../../../models/inference/predictor.ts';
import { CollimateError } from '../../../util/errors.ts';
import { random } from '../../../util/random.ts';
import { plural } from '../../../util/text.ts';
import { createSampleOrder, makeBatches, type Rows, takeRows } from '../batches.ts';
import { selectImages } from '../images.ts';
import { meanSquare, predict, type TuningLossOptions, tuningBatch, withPairs } from '../loss.ts';
import { usesPairs } from '../mixture.ts';
import { conditionsOfRows } from '../policy/policy.ts';
import { checkRounds, keepRound, readRound, roundFile, writeRound } from '../policy/rounds.ts';
import { drawingPrecision } from '../precision.ts';
import { describeBatch } from './describe-batch.ts';
import type { Learner, MethodRun, TuningMethod } from './method.ts';
import { batchOptions, WEIGHING } from './on-images.ts';

export interface ClimbOptions extends TuningLossOptions {
  /** λ */
  readonly weight: number;
  /** c */
  readonly target: number;
}

export interface ClimbRows {
  /** Of the pictures that images stand for, [images]. */
  readonly rewards: Tensor;
  /** Denoising errors of pre-training pairs after those of images, which do not count, [B]; where there are pairs. */
  readonly errors?: Tensor | undefined;
}

/**
 * `λ·mean max(0, c − r) + β·mean e_pre`, r the reward of the picture that one step of denoising ends at (Xu et al., 2023, equation 4
 * with the published code's φ). Pictures that are good enough teach no more.
 */
export function climbLoss({ rewards, errors }: ClimbRows, options: ClimbOptions) {
  const lacking = mul(mean(relu(sub(options.target, rewards))), options.weight);
  const { loss, metrics } = errors
    ? withPairs(lacking, errors, options)
    : { loss: lacking, metrics: { reward_loss: lacking } };
  return { loss, metrics: { ...metrics, mean_reward: mean(rewards) } };
}

/** Pictures of a round, one a row: what the network sees at the step that learns, and when. */
interface Round {
  readonly latents: Float32Array;
  readonly timesteps: Float32Array;
  readonly texts: Float32Array;
}

export const refl: TuningMethod = {
  learnsFrom: () => 'prompts',
  usesAnswers: () => false,
  ignores: (settings) => [
    ...[...WEIGHING, 'weights', 'doubt', 'timestepRange'],
    ...(usesPairs(settings) ? [] : ['captionDropout']),
  ],
  check(settings) {
    if (settings.stopBy !== 'none' || settings.refl.unwatched) return checkRounds(settings, 'refl');
    throw new CollimateError(
      'CONFIG',
      'tune.stopBy: refl follows the slope of the reward itself and soon finds what fools it, so expected held-out, got none',
      'Run `collimate reward train --held-out-raters 0.2` and tune with --stop-by held-out; or set tune.refl.unwatched (--refl-unwatched), and nothing tells when pictures please the reward function alone.',
    );
  },
  select: (source) => selectImages(source),
  step({ pipeline, mixture, latentShape, conditionShapes, settings, judge }) {
    const { images, pairs } = mixture;
    const { beta, gradientCheckpointing, refl: own } = settings;
    const reward = judge!.graph();
    const { target, weights, ...seen } = tuningBatch(mixture, latentShape, conditionShapes);
    const float = (...shape: number[]) => ({ dtype: 'float32' as const, shape });
    const ofImages = { ofSample: float(images), ofOutput: float(images), asked: float(images, reward.width) };
    const batch: BatchTypes = { ...seen, ...(pairs > 0 && { target, weights }), ...ofImages };
    const first = (tensor: Tensor) => slice(tensor, 0, 0, images);
    return {
      batch,
      loss(p, rows) {
        const outputs = predict(p, pipeline, rows, gradientCheckpointing);
        const factor = (tensor: Tensor) => reshape(tensor, [images, 1, 1, 1]);
        const clean = add(
          mul(first(rows.latents!), factor(rows.ofSample!)),
          mul(first(outputs), factor(rows.ofOutput!)),
        );
        const errors = pairs > 0 ? mul(meanSquare(sub(outputs, rows.target!)), rows.weights!) : undefined;
        const { weight, target: enough } = own;
        const options = { ...mixture, beta, weight, target: enough };
        return climbLoss({ rewards: reward.rewards(clean, rows.asked!), errors }, options);
      },
    };
  },
  open: openClimb,
  describe(plan, settings) {
    const { denoisingSteps, lateShare, steps, unwatched } = settings.refl;
    const late = denoisingSteps - firstLate(denoisingSteps, lateShare);
    return [
      `refl: pictures of ${plural(plan.prompts, 'prompt')}, of whose last ${late} of ${denoisingSteps} steps of denoising one learns from the reward function`,
      `each step: ${plan.imagesPerStep} pictures${describeBatch(plan, settings)}`,
      `${plan.steps} steps: ${plural(Math.ceil(plan.steps / steps), 'round')}, whose pictures the model as it is at their start begins`,
      ...(unwatched
        ? ['no held-out raters watch (tune.refl.unwatched): a reward that rises may be one that is fooled']
        : []),
    ];
  },
  trials: [
    { name: 'ReFL', patch: { learningRate: 1e-5, refl: { unwatched: true } } },
    { name: 'ReFL, faster', patch: { learningRate: 1e-4, refl: { unwatched: true } } },
    {
      name: 'ReFL, faster, with more of the reward',
      patch: { learningRate: 1e-4, refl: { unwatched: true, weight: 0.1 } },
    },
  ],
};

/** The first call of the network that may learn. */
function firstLate(calls: number, lateShare: number): number {
  return Math.min(calls - 1, Math.round(calls * (1 - lateShare)));
}

async function openClimb(run: MethodRun): Promise<Learner> {
  const { data, settings, mixture, process, runDir } = run;
  const { steps } = settings.refl;
  const { images, pairs, passes } = mixture;
  const count = images * passes;
  const known = [...new Set(data.images.texts)].sort((a, b) => a - b);
  const reward = run.judge!.graph();
  const embedded = await reward.embed(known.map((row) => data.prompts[row]!));
  const asked = new Map(known.map((row, i) => [row, embedded[i]!]));
  let current: { readonly number: number; readonly round: Round } | undefined;

  function drawImages(t: number): Rows {
    const { round } = current!;
    const { length } = latentSizes(run.pipeline);
    const rows = Array.from({ length: count }, (_, i) => ((t - 1) % steps) * count + i);
    const texts = rows.map((row) => round.texts[row]!);
    const timesteps = takeRows(round.timesteps, 1, rows);
    const prompts = new Float32Array(count * reward.width);
    texts.forEach((text, i) => void prompts.set(asked.get(text)!, i * reward.width));
    const tensors = {
      latents: takeRows(round.latents, length, rows),
      timesteps,
      ...conditionsOfRows(run, texts),
      ...process.clean(timesteps),
      asked: prompts,
      ...(pairs > 0 && { target: new Float32Array(count * length), weights: new Float32Array(count).fill(1) }),
    };
    return { count, tensors };
  }

  return {
    async prepare(t, saveWeights) {
      const number = Math.floor((t - 1) / steps);
      if (current?.number === number) return;
      const file = roundFile(runDir, number);
      if ((t - 1) % steps === 0) {
        const folder = join(runDir, 'beginner');
        mkdirSync(folder, { recursive: true });
        await saveWeights(folder);
        writeRound(file, { ...(await beginRound(run, known, number, folder)) });
        rmSync(folder, { recursive: true, force: true });
        keepRound(runDir, file);
      }
      current = { number, round: readRound<Round>(file, number) };
    },
    batches: makeBatches(data, { ...batchOptions(run), drawImages }),
  };
}

/** The pictures of a round's steps, by the weights in `folder`, each up to the step that learns. */
async function beginRound(run: MethodRun, known: readonly number[], number: number, folder: string): Promise<Round> {
  const { pipeline, data, settings, mixture, engine } = run;
  const { steps } = settings.refl;
  const count = mixture.images * mixture.passes;
  const promptAt = createSampleOrder(run.seed, 'refl', known.length);
  const { length } = latentSizes(pipeline);
  const round = {
    latents: new Float32Array(steps * count * length),
    timesteps: new Float32Array(steps * count),
    texts: Float32Array.from({ length: steps * count }, (_, i) => known[promptAt(number * steps * count + i)]!),
  };
  const predictor = createPredictor({
    model: pipeline,
    weights: folder,
    shapes: data.conditionShapes,
    engine,
    half: drawingPrecision(settings),
  });
  try {
    for (let start = 0; start < steps * count; start += count)
      await beginPictures(run, predictor, round, { number, start, count });
  } finally {
    await predictor.dispose();
  }
  return round;
}

/** Draws some rows of a round, and writes what the network sees at the call that learns. */
async function beginPictures(
  run: MethodRun,
  predictor: Predictor,
  round: Round,
  { number, start, count }: { readonly number: number; readonly start: number; readonly count: number },
): Promise<void> {
  const { pipeline, process, settings, seed } = run;
  const { denoisingSteps, lateShare } = settings.refl;
  const { length } = latentSizes(pipeline);
  const sampler = process.sampler(process.samplers[0]!, denoisingSteps);
  const calls = sampler.timesteps.length;
  const early = firstLate(calls, lateShare);
  const streams = Array.from({ length: count }, (_, i) => random(seed, 'refl', number, start + i));
  const ends = streams.map((stream) => early + stream.int(calls - early));
  const conditions = conditionsOfRows(run, Array.from(round.texts.subarray(start, start + count)));
  let latents = initialLatents(streams, length, sampler.initNoiseScale);
  for (let call = 0; ; call++) {
    const seen = sampler.scaleInput(latents, call);
    for (const [i, end] of ends.entries()) {
      if (end !== call) continue;
      round.latents.set(seen.subarray(i * length, (i + 1) * length), (start + i) * length);
      round.timesteps[start + i] = sampler.timesteps[call]!;
    }
    if (call === Math.max(...ends)) return;
    const output = await predictor.predict(seen, sampler.timesteps[call]!, conditions, count);
    latents = sampler.step(output, call, latents);
  }
}
