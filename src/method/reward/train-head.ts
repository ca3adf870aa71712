// One head from labels to a stored model with its report.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ClipEmbedder } from '../../models/inference/clip.ts';
import { findRewardModel, putRewardModel } from '../../project/learning/rewards.ts';
import { explainRestart, type Run, updateRunProgress, withRun } from '../../project/learning/runs.ts';
import { plural } from '../../util/text.ts';
import type { Session } from '../session.ts';
import { type Labels, readRewardData } from './dataset.ts';
import { measureReward } from './evaluate.ts';
import { countCandidates, type Fit, fitReward, type RewardSettings } from './fit.ts';
import { heldOutSeed, type Teachers } from './held-out.ts';
import { openStoredReward, storeRewardModel } from './model.ts';
import { startsFromScorer } from './ready/ready.ts';

/** Which head is trained, and on what. */
export interface TrainHeadOptions {
  /** Of the run, and of its progress. */
  readonly stage: 'reward train' | 'reward train held-out';
  readonly labels: Labels;
  readonly teachers: Teachers;
}

export interface TrainedHead {
  readonly hash: string;
  /** Whether it had been trained before. */
  readonly alreadyDone: boolean;
}

/** Trains a head, or finds it where the same labels, settings and CLIP have made it before. */
export async function trainHead(session: Session, clip: ClipEmbedder, options: TrainHeadOptions): Promise<TrainedHead> {
  const { config } = session.project;
  const seed = options.teachers.raters ? heldOutSeed(config.seed) : config.seed;
  const { encoderHash } = clip;
  const { dataHash, edits } = options.labels;
  // Edits of the embedded grammar follow from the answers' prompts; others may change while the answers stay.
  const editsHash = edits?.hash && { editsHash: edits.hash };
  const identity = { seed, reward: recordedReward(config.reward), encoderHash, dataHash, ...editsHash };
  const restart = await explainRestart(session.project.db, options.stage, identity);
  if (restart) session.progress.note(restart);
  const recall = async (run: Run) => {
    const hash = await findTrained(session, run);
    return hash === undefined ? undefined : { hash, alreadyDone: true };
  };
  const train = async (run: Run) =>
    (await recall(run)) ?? {
      hash: await trainAndStore({ ...session, ...options, clip, run, seed }),
      alreadyDone: false,
    };
  return withRun(session.project, options.stage, identity, train, recall);
}

/** The model that this run has trained before; made the latest again, since it is what was asked for now. */
async function findTrained({ project }: Session, { progress }: Run): Promise<string | undefined> {
  const hash = progress.rewardHash as string | undefined;
  if (hash === undefined || !(await project.weights.hasBlob(hash))) return undefined;
  const model = await findRewardModel(project.db, hash);
  if (!model) return undefined;
  await putRewardModel(project.db, model);
  return hash;
}

interface Work extends Session, TrainHeadOptions {
  readonly clip: ClipEmbedder;
  readonly run: Run;
  readonly seed: number;
}

async function trainAndStore(work: Work): Promise<string> {
  const { project, progress, signal, stage, labels, clip, run, seed } = work;
  const { threads } = project.config;
  const reward = settingsFor(project.config.reward, labels);
  const folder = join(project.runsDir, run.id);
  const data = await readRewardData(work, labels, clip);
  progress.note(
    `${stage}: taught by ${plural(data.train.length, 'rated image')}${data.pairs ? ` and ${plural(data.pairs.length, 'pair')}` : ''}, validated by ${data.validation.length} of other prompts`,
  );
  const began = performance.now();
  progress.stage(stage, reward.maxSteps);
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
  return storeFit(work, folder, fit, (performance.now() - began) / 1000);
}

async function storeFit(
  work: Work,
  folder: string,
  { shape: { cosine }, specs, params, looks, bestStep }: Fit,
  seconds: number,
): Promise<string> {
  const { project, labels, clip, run, seed, teachers } = work;
  const { encoderHash, width } = clip;
  const { dataHash, validation } = labels;
  const shape = shapeOf(settingsFor(project.config.reward, labels));
  const config = { ...shape, ...(cosine && { cosine }), encoderHash, width, seed, dataHash, step: bestStep };
  const hash = await storeRewardModel(project, folder, specs, params, config);
  const examples = labels.all.map(({ imageId, promptId }) => ({
    imageId,
    part: validation.has(promptId) ? ('validation' as const) : ('train' as const),
  }));
  const heldOut = teachers.raters !== undefined;
  const model = await openStoredReward(project, hash);
  try {
    const edits = labels.edits && { edits: labels.edits.summary };
    const record = { curves: looks, bestStep, seconds, ...teachers, ...edits };
    const report = await measureReward(work, model, clip, validation, record);
    // Stored with its report and not before: until then there is no such reward function for anybody.
    const row = { hash, runId: run.id, config: { ...run.config }, dataHash, scores: { ...report }, heldOut };
    await putRewardModel(project.db, row, examples);
  } finally {
    await model.dispose();
  }
  await updateRunProgress(project.db, run.id, {
    rewardHash: hash,
    ...(labels.edits && { edits: labels.edits.summary }),
  });
  for (const name of ['state', 'best']) rmSync(join(folder, `${name}.safetensors`), { force: true });
  return hash;
}

/** The settings as a run is known by them: what earlier releases did not have is left out where it changes nothing. */
function recordedReward(all: RewardSettings): Partial<RewardSettings> {
  // Which scorer it is, the hash of the encoder says.
  // Tastes are learned beside it.
  const {
    objective,
    pairs,
    pairWeight,
    scorer: _scorer,
    scorerUse,
    tasteAnswers: _answers,
    for: _for,
    ...settings
  } = all;
  return {
    ...settings,
    ...(startsFromScorer(all) && { scorerUse }),
    ...(objective !== 'mse' && { objective }),
    ...(pairs !== 'none' && { pairs, pairWeight }),
  };
}

/** Without an edit of any prompt there is nothing that the original could be told from: λ is 0 then. */
function settingsFor(settings: RewardSettings, { edits }: Labels): RewardSettings {
  return edits?.lists.size === 0 ? { ...settings, lambda: 0 } : settings;
}

function shapeOf(settings: RewardSettings) {
  const { hiddenWidth, layers, features, members, lambda, temperature } = settings;
  return { hiddenWidth, layers, features, members, lambda, temperature, candidates: countCandidates(settings) };
}
