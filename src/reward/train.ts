// The stage: from ratings to a stored reward model with its report, and scores for all images.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ClipEmbedder } from '../drawing/clip.ts';
import { findRewardModel, putRewardModel } from '../store/rewards.ts';
import { type Run, updateRunProgress, withRun } from '../store/runs.ts';
import { CollimateError } from '../util/errors.ts';
import { type Labels, readRewardData } from './dataset.ts';
import type { RewardSession } from './embeddings.ts';
import { measureReward } from './evaluate.ts';
import { countCandidates, type Fit, fitReward, type RewardSettings } from './fit.ts';
import { chooseValidation, hashTargets, listRatedImages } from './labels.ts';
import { openRewardModel, storeRewardModel } from './model.ts';
import { type RewardReport, readRewardReport } from './report.ts';
import { openProjectClip, scoreWith } from './score-images.ts';

export interface RewardSummary {
  readonly rewardHash: string;
  /** Whether this reward function had been trained before. */
  readonly alreadyDone: boolean;
  readonly trainImages: number;
  readonly validationImages: number;
  readonly report: RewardReport;
  /** Images of the project that have a score of it. */
  readonly scoredImages: number;
}

/**
 * Trains the reward function on the ratings of seen prompts (Lee et al., 2023), stores it with its report, and scores all
 * images. Goes on where it was interrupted; the same ratings, config and CLIP are trained once.
 *
 * @throws CollimateError MISSING_STAGE where there are no ratings of both kinds, INTERRUPTED, NON_FINITE.
 */
export async function trainReward(session: RewardSession): Promise<RewardSummary> {
  const { project } = session;
  const { config, db } = project;
  const labels = await readLabels(session);
  const clip = await openProjectClip(session);
  try {
    const { encoderHash } = clip;
    const identity = { seed: config.seed, reward: config.reward, encoderHash, dataHash: labels.dataHash };
    return await withRun(db, 'reward train', identity, async (run) => {
      const known = await findTrained(session, run);
      const rewardHash = known ?? (await trainAndStore(session, run, labels, clip));
      return await summarize(session, rewardHash, known !== undefined, labels, clip);
    });
  } finally {
    await clip.dispose();
  }
}

async function readLabels({ project: { db, config } }: RewardSession): Promise<Labels> {
  const all = await listRatedImages(db, { split: 'seen', purpose: 'feedback' }, config.reward.labels);
  const good = all.filter(({ majority }) => majority === 1).length;
  if (good === 0 || good === all.length)
    throw new CollimateError(
      'MISSING_STAGE',
      `reward: expected images rated good and images rated bad, got ${good} good and ${all.length - good} bad`,
      'Draw and rate more images: `collimate generate`, then `collimate label --simulate`.',
    );
  const validation = chooseValidation(
    all.map(({ prompt }) => prompt),
    config.reward.validationShare,
    config.seed,
  );
  return { all, validation, dataHash: hashTargets(all, config.reward.labels) };
}

/** The model that this run has trained before; made the latest again, since it is what was asked for now. */
async function findTrained({ project }: RewardSession, { progress }: Run): Promise<string | undefined> {
  const hash = progress.rewardHash as string | undefined;
  if (hash === undefined || !project.weights.hasBlob(hash)) return undefined;
  const model = await findRewardModel(project.db, hash);
  if (!model) return undefined;
  await putRewardModel(project.db, model);
  return hash;
}

async function trainAndStore(session: RewardSession, run: Run, labels: Labels, clip: ClipEmbedder): Promise<string> {
  const { project, progress, signal } = session;
  const { reward, seed, threads } = project.config;
  const folder = join(project.runsDir, run.id);
  const data = await readRewardData(session, labels, clip);
  progress.note(
    `reward train: ${data.train.length} rated images teach, ${data.validation.length} of other prompts validate`,
  );
  const began = performance.now();
  progress.stage('reward train', reward.maxSteps);
  let latest = {};
  const fit = await fitReward(data, reward, {
    seed,
    folder,
    threads,
    signal,
    onStep: (step, loss) => progress.tick(step, { train_loss: loss, ...latest }),
    onLook: ({ validation }) => {
      latest = validation ? { validation_loss: validation.loss, validation_accuracy: validation.accuracy } : {};
    },
  });
  progress.done();
  const seconds = (performance.now() - began) / 1000;
  return storeFit(session, run, folder, fit, { labels, clip, seconds });
}

async function storeFit(
  session: RewardSession,
  run: Run,
  folder: string,
  { specs, params, looks, bestStep }: Fit,
  { labels, clip, seconds }: { labels: Labels; clip: ClipEmbedder; seconds: number },
): Promise<string> {
  const { project } = session;
  const { encoderHash, width } = clip;
  const { dataHash, validation } = labels;
  const hash = storeRewardModel(project, folder, specs, params, {
    ...shapeOf(project.config.reward),
    encoderHash,
    width,
    seed: project.config.seed,
    dataHash,
    step: bestStep,
  });
  const examples = labels.all.map(({ imageId, promptId }) => ({
    imageId,
    part: validation.has(promptId) ? ('validation' as const) : ('train' as const),
  }));
  const row = { hash, runId: run.id, config: { ...run.config }, dataHash, scores: {} };
  await putRewardModel(project.db, row, examples);
  const model = await openRewardModel(project, hash);
  try {
    const record = { curves: looks, bestStep, seconds };
    const report = await measureReward(session, model, clip, validation, record);
    await putRewardModel(project.db, { ...row, scores: { ...report } });
  } finally {
    await model.dispose();
  }
  await updateRunProgress(project.db, run.id, { rewardHash: hash });
  for (const name of ['state', 'best']) rmSync(join(folder, `${name}.safetensors`), { force: true });
  return hash;
}

function shapeOf(settings: RewardSettings) {
  const { hiddenWidth, layers, features, members, lambda, temperature } = settings;
  return { hiddenWidth, layers, features, members, lambda, temperature, candidates: countCandidates(settings) };
}

async function summarize(
  session: RewardSession,
  rewardHash: string,
  alreadyDone: boolean,
  { all, validation }: Labels,
  clip: ClipEmbedder,
): Promise<RewardSummary> {
  const model = await openRewardModel(session.project, rewardHash);
  try {
    const { images: scoredImages } = await scoreWith(session, model, clip);
    const validationImages = all.filter(({ promptId }) => validation.has(promptId)).length;
    return {
      rewardHash,
      alreadyDone,
      trainImages: all.length - validationImages,
      validationImages,
      report: (await readRewardReport(session.project, rewardHash))!,
      scoredImages,
    };
  } finally {
    await model.dispose();
  }
}
