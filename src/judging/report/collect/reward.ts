// What the reward function reached: on ratings, as its stage measured it, and on unseen prompts, as evaluation did.

import { type RewardReport, type RewardRow, readRewardReport } from '../../../method/reward/report.ts';
import { listRewardExamples } from '../../../project/learning/rewards.ts';
import { readPublicNames } from '../../../project/people/pseudonyms.ts';
import type { Project } from '../../../project/project.ts';
import type { EvaluationReport } from '../../evaluation/report.ts';
import { JUDGED, type RewardFacts, type RewardGroup } from '../data.ts';

/** What each part of the ratings is called. */
const SETS: Readonly<Record<RewardRow['part'], string>> = {
  train: 'seen prompts, training',
  validation: 'seen prompts, validation',
  unseen: 'unseen prompts',
};

/** Null before there is a reward function. */
export async function collectReward(
  project: Project,
  evaluation: EvaluationReport | null,
): Promise<RewardFacts | null> {
  const report = await readRewardReport(project);
  if (!report) return null;
  // The judge stands in only where no rater was asked about unseen prompts.
  const rated = report.rows.some(({ part }) => part === 'unseen');
  const own = !rated && evaluation?.rewardHash === report.rewardHash ? evaluation : null;
  const parts = (await listRewardExamples(project.db, report.rewardHash)).map(({ part }) => part);
  const nameOf = await readPublicNames(project.db);
  const train = parts.filter((part) => part === 'train').length;
  return {
    hash: report.rewardHash,
    settings: { ...report.config, ...project.config.reward, lambda: report.config.lambda },
    examples: { train, validation: parts.length - train },
    bestStep: report.bestStep,
    seconds: report.seconds,
    curve: describeCurve(report),
    groups: [...report.rows.map(fromRow), ...fromPrediction(own)],
    reliability: listReliability(report, own),
    calibration: report.calibration ?? null,
    edits: report.edits ?? null,
    words: report.words ?? null,
    heldOut: (report.heldOut?.raters ?? []).map(nameOf),
  };
}

function describeCurve({ curves }: RewardReport): RewardFacts['curve'] {
  return curves.map(({ step, train, validation }) => ({
    step,
    train: train.loss,
    validation: validation?.loss ?? null,
    trainAccuracy: train.accuracy,
    validationAccuracy: validation?.accuracy ?? null,
  }));
}

function fromRow({ part, category, images, goodShare, reward, clip, pairwise }: RewardRow): RewardGroup {
  return {
    set: SETS[part],
    category,
    images,
    goodShare,
    accuracy: { reward: reward.accuracy, clip: clip.accuracy },
    interval: reward.interval,
    auroc: { reward: reward.auroc ?? null, clip: clip.auroc ?? null },
    calibrationError: reward.calibrationError,
    ...(pairwise && { pairwise }),
  };
}

function fromPrediction(evaluation: EvaluationReport | null): RewardGroup[] {
  const rows = evaluation?.prediction.filter(({ split }) => split === 'unseen') ?? [];
  return rows.map(({ category, images, goodShare, accuracy, auroc, clip, calibrationError }) => ({
    set: JUDGED,
    category,
    images,
    goodShare,
    accuracy: { reward: accuracy.estimate, clip: clip.accuracy },
    interval: accuracy.low === null || accuracy.high === null ? null : [accuracy.low, accuracy.high],
    auroc: { reward: auroc, clip: clip.auroc },
    calibrationError,
  }));
}

function listReliability({ rows }: RewardReport, evaluation: EvaluationReport | null): RewardFacts['reliability'] {
  const rated = rows
    .filter(({ part, category }) => part !== 'train' && category === 'all')
    .map(({ part, reward }) => ({
      set: part === 'unseen' ? 'unseen' : 'validation',
      bins: reward.bins,
      error: reward.calibrationError,
    }));
  const judged = evaluation?.prediction.filter(({ split, category }) => split === 'unseen' && category === 'all') ?? [];
  return [...rated, ...judged.map(({ bins, calibrationError: error }) => ({ set: 'unseen', bins, error }))];
}
