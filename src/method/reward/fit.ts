// Fitting the reward function to labels: one compiled step, validation at intervals, the best parameters kept. What it
// needs to go on after a kill lies in one folder; no database here.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { add, mul, reshape, slice } from '../../engine/graph/functions.ts';
import { initParams, type ParamSpec } from '../../engine/nn/params.ts';
import { ADAMW_DEFAULTS } from '../../engine/optim/adamw.ts';
import { runTraining } from '../../engine/training/loop.ts';
import { loadState, saveState } from '../../engine/training/state.ts';
import type { LossFunction } from '../../engine/training/step.ts';
import { createTrainer, type Trainer } from '../../engine/training/trainer.ts';
import type { Config } from '../../project/config/config.ts';
import { writeFileAtomic } from '../../util/files.ts';
import { random } from '../../util/random.ts';
import { batchTypes, createOrder, makeBatch, makePairs, pairTypes, type RewardData } from './batches.ts';
import { bootstrapCounts } from './bootstrap.ts';
import { type CosineStart, standardise } from './cosine-head.ts';
import { type Look, readLooks, takeLook } from './look.ts';
import { labelLoss, originalRewards, pairLoss, rewardLoss } from './loss.ts';
import { startsFromScorer } from './ready/ready.ts';
import { openScorer, type RewardShape, rewardSpecs, type Scorer, scoreMembers } from './scorer.ts';

export type RewardSettings = Config['reward'];

export interface FitOptions {
  readonly seed: number;
  /** Where the state is kept; the fit goes on from what it finds. */
  readonly folder: string;
  /** Threads of the CPU; 0 takes one a core. */
  readonly threads?: number;
  readonly signal?: AbortSignal | undefined;
  readonly onStep?: (step: number, loss: number) => void;
  readonly onLook?: (look: Look) => void;
}

export interface Fit {
  readonly shape: RewardShape;
  readonly specs: readonly ParamSpec[];
  /** The best parameters [P] by validation error; the last where nothing validates. */
  readonly params: Float32Array;
  readonly looks: readonly Look[];
  readonly bestStep: number;
}

/**
 * Minimises `L_MSE + λ · L_pc` (Lee et al., 2023) by AdamW until the squared error on validation prompts has not fallen for
 * `settings.patience` looks, or for `settings.maxSteps` steps. The same data, settings and seed give the same bytes,
 * with or without interruptions.
 *
 * @throws CollimateError INTERRUPTED after saving, NON_FINITE where the loss is not a number, MISMATCH where the folder
 * holds the state of another head.
 */
export async function fitReward(data: RewardData, settings: RewardSettings, options: FitOptions): Promise<Fit> {
  const shape: RewardShape = { width: data.width, ...settings, cosine: cosineStart(data, settings) };
  const specs = rewardSpecs(shape);
  const trainer = await openTrainer(data, settings, specs, shape, options);
  const scorer = await openScorer(shape, options.threads);
  try {
    return { shape, ...(await train(data, settings, specs, trainer, scorer, options)) };
  } finally {
    await trainer.dispose();
    await scorer.dispose();
  }
}

/** Of the images that teach, where the reward starts from a scorer. */
function cosineStart({ width, images, texts, train }: RewardData, settings: RewardSettings): CosineStart | undefined {
  if (!startsFromScorer(settings)) return undefined;
  const row = (table: Float32Array, i: number) => table.subarray(i * width, (i + 1) * width);
  const cosines = train.map(({ image, text }) => {
    const prompt = row(texts, text);
    return row(images, image).reduce((sum, value, i) => sum + value * prompt[i]!, 0);
  });
  return standardise(cosines, settings.scorerUse === 'steer');
}

/** N: without prompt classification the original prompt is the only candidate. */
export function countCandidates({ lambda, negatives }: RewardSettings): number {
  return lambda > 0 ? negatives + 1 : 1;
}

function openTrainer(
  { width, pairs = [] }: RewardData,
  settings: RewardSettings,
  specs: readonly ParamSpec[],
  shape: RewardShape,
  { seed, threads = 0 }: FitOptions,
): Promise<Trainer> {
  const { learningRate, weightDecay, batchSize, maxSteps, members } = settings;
  const options = {
    specs,
    batch: {
      ...batchTypes(batchSize, countCandidates(settings), width, members),
      ...(pairs.length > 0 && pairTypes(pairsPerStep(settings), width)),
    },
    loss: defineLoss(settings, shape),
    optimizer: { ...ADAMW_DEFAULTS, weightDecay },
    schedule: { learningRate, warmupSteps: 0, decay: 'constant' as const, totalSteps: maxSteps },
    maxGradNorm: Math.sqrt(members), // of all heads together, each as if alone
    ema: false,
    emaDecay: 0,
    recompute: false,
    accumulation: 1,
    threads,
  };
  return createTrainer(
    options,
    initParams(specs, (name) => random(seed, 'reward', 'init', name)),
  );
}

/** Pairs of a step: as many images as labels have. */
function pairsPerStep({ batchSize }: RewardSettings): number {
  return Math.max(1, Math.floor(batchSize / 2));
}

/** The sum of the heads' losses: no parameter is in two of them, so each learns as if it were alone. */
function defineLoss(settings: RewardSettings, shape: RewardShape): LossFunction {
  const { lambda, objective, pairWeight } = settings;
  return (p, { images, texts, labels, present, weights, pairImages, pairTexts, shares }) => {
    const ofPairs = pairImages ? scoreMembers(p, pairImages, pairTexts!, shape) : undefined;
    const losses = scoreMembers(p, images!, texts!, shape).map((rewards, m) => {
      const counts = weights && reshape(slice(weights, 0, m, m + 1), [-1]);
      const own =
        lambda === 0
          ? labelLoss(objective)(originalRewards(rewards), labels!, counts)
          : rewardLoss(rewards, labels!, settings, present, counts).loss;
      return ofPairs ? add(own, mul(pairLoss(ofPairs[m]!, shares!), pairWeight)) : own;
    });
    return { loss: losses.reduce((sum, one) => add(sum, one)) };
  };
}

async function train(
  data: RewardData,
  settings: RewardSettings,
  specs: readonly ParamSpec[],
  trainer: Trainer,
  scorer: Scorer,
  { seed, folder, signal, onStep, onLook }: FitOptions,
): Promise<Omit<Fit, 'shape'>> {
  const { batchSize, maxSteps, validationEvery, patience, members } = settings;
  const counts = members > 1 ? bootstrapCounts(data.train.length, members, seed) : undefined;
  const candidates = countCandidates(settings);
  const order = createOrder(data.train.length, batchSize, seed);
  const { pairs = [] } = data;
  const pairOrder = pairs.length > 0 ? createOrder(pairs.length, pairsPerStep(settings), seed, 'pairs') : undefined;
  const files = openFiles(folder);
  if (existsSync(files.state)) trainer.restore(files.state);
  let looks = files.readLooks().filter(({ step }) => step <= trainer.step);
  for (;;) {
    const { step } = trainer;
    if ((step % validationEvery === 0 || step === maxSteps) && looks.at(-1)?.step !== step) {
      const params = await trainer.read('params');
      const look = await takeLook(step, params, data, scorer, { ...settings, candidates });
      looks = [...looks, look];
      if (findBest(looks) === look) saveState(files.best, specs, new Map([['params', params]]), step);
      files.writeLooks(looks);
      onLook?.(look);
    }
    if (step >= maxSteps || (patience > 0 && looksSinceBest(looks) >= patience)) break;
    await runTraining({
      trainer,
      totalSteps: Math.min(maxSteps, (Math.floor(step / validationEvery) + 1) * validationEvery),
      statePath: files.state,
      saveEvery: 0,
      batches: (t) => {
        const { rows, turn } = order(t);
        const examples = rows.map((row) => data.train[row]!);
        const batch = makeBatch(data, examples, candidates, turn);
        const compared = pairOrder?.(t).rows.map((row) => pairs[row]!);
        return [{ ...batch, ...(counts && { weights: counts(rows) }), ...(compared && makePairs(data, compared)) }];
      },
      onStep: (report) => onStep?.(report.step, report.loss / members),
      signal,
    });
  }
  const { vectors, step } = loadState(files.best, specs, ['params']);
  return { specs, params: vectors.params!, looks, bestStep: step };
}

/**
 * The look with the lowest squared error on validation prompts, the first of equals; the last one where nothing validates.
 * The error of the answers decides, not the whole loss: prompt classification is there to help with them, and over-fits
 * long before they do.
 */
function findBest(looks: readonly Look[]): Look | undefined {
  return looks.reduce<Look | undefined>(
    (best, look) => (best?.validation && look.validation!.mse >= best.validation.mse ? best : look),
    undefined,
  );
}

function looksSinceBest(looks: readonly Look[]): number {
  return looks.length - 1 - looks.indexOf(findBest(looks)!);
}

/** State and best parameters as safetensors, the curves as JSON. Looks are written after the best they speak of. */
function openFiles(folder: string) {
  const looks = join(folder, 'looks.json');
  return {
    state: join(folder, 'state.safetensors'),
    best: join(folder, 'best.safetensors'),
    readLooks: () => (existsSync(looks) ? readLooks(looks) : []),
    writeLooks: (all: readonly Look[]) => writeFileAtomic(looks, JSON.stringify(all)),
  };
}
