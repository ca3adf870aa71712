// What is known about a reward function once it is trained: stored with the model, shown by the report.

import { findLatestRewardModel, findRewardModel } from '../../project/learning/rewards.ts';
import type { Project } from '../../project/project.ts';
import { checkForm } from '../../util/artefact.ts';
import type { EditSummary } from './edits.ts';
import type { Teachers } from './held-out.ts';
import type { Look } from './look.ts';
import type { CalibrationReport } from './measure-calibration.ts';
import type { WordReport } from './metrics/by-word.ts';
import type { ReliabilityBin } from './metrics/calibration.ts';
import type { Gain } from './metrics/gain.ts';
import type { PairwiseFigures } from './metrics/pairwise.ts';
import type { RewardConfig } from './model.ts';
import { rewardReportSchema } from './report-schema.ts';
import type { TasteReport } from './taste/taste.ts';

/** How well scores predict the answers. */
export interface PredictionFigures {
  /** Share of images on the right side of the threshold, 0 to 1. */
  readonly accuracy: number;
  /** 95 %, over prompts; an exact one where they are few. Of earlier versions as if images were independent. */
  readonly interval: readonly [low: number, high: number];
  /** Undefined where all answers are the same. */
  readonly auroc?: number;
}

/** Images of one part and one category. */
export interface RewardRow {
  /** `train` and `validation` are seen prompts; `unseen` are prompts that no stage learns from. */
  readonly part: 'train' | 'validation' | 'unseen';
  /** A category, or `all`. */
  readonly category: string;
  readonly images: number;
  readonly prompts: number;
  /** Share of images with a majority for good, 0 to 1. */
  readonly goodShare: number;
  /** By the reward, good above ½. */
  readonly reward: PredictionFigures & {
    /** Expected calibration error, 0 to 1. */
    readonly calibrationError: number;
    readonly bins: readonly ReliabilityBin[];
  };
  /** By the cosine of the CLIP embeddings, good above `clipThreshold`. */
  readonly clip: PredictionFigures;
  /** By the scorer that the project named (`reward.scorer`), at the threshold that suits the training images best. */
  readonly scorer?: PredictionFigures;
  /** Good against bad pictures of one prompt, by each; none where no prompt has both, or measured by an earlier version. */
  readonly pairwise?: {
    readonly reward: PairwiseFigures;
    readonly clip: PairwiseFigures;
    readonly scorer?: PairwiseFigures;
  };
  /** Accuracy of the reward less that of the CLIP score; its interval is over prompts. */
  readonly gain: Gain;
}

export interface RewardReport extends Teachers {
  readonly version: 1;
  readonly rewardHash: string;
  readonly config: RewardConfig;
  /** Losses at step 0 and at intervals; the loss at `bestStep` is the lowest of validation. */
  readonly curves: readonly Look[];
  readonly bestStep: number;
  /** The cosine with the highest accuracy on the training images; null where everything counts as one answer. */
  readonly clipThreshold: number | null;
  /** Rows without images are left out. */
  readonly rows: readonly RewardRow[];
  /** The scorer that the rows compare with, where the project named one. */
  readonly scorer?: { readonly name: string; readonly hash: string };
  /** Readings of the score as a probability; none where no prompts validated, or measured by an earlier version. */
  readonly calibration?: CalibrationReport;
  /** Bad pictures by the words that raters said they do not show, of prompts that taught nothing; undefined where none were named. */
  readonly words?: WordReport;
  /** What prompt classification had to work with; undefined where it was off, or told by an earlier version. */
  readonly edits?: EditSummary;
  /** What raters' own tastes are worth beside the shared head; undefined where none were learned. */
  readonly taste?: TasteReport;
  /** Whose taste it has (`reward.for`), where not everyone's. */
  readonly group?: string;
  /** Seconds of training, interruptions not counted in. */
  readonly seconds: number;
}

/**
 * The report of a reward model, by default of the one that was trained last.
 *
 * @throws CollimateError STORAGE where the store holds something else there.
 */
export async function readRewardReport(project: Project, hash?: string): Promise<RewardReport | undefined> {
  const found = await (hash === undefined ? findLatestRewardModel(project.db) : findRewardModel(project.db, hash));
  // A head that an earlier version stored and was stopped at before it measured it has no report.
  if (!found || !Array.isArray(found.scores.rows)) return undefined;
  const where = `report of the reward function ${found.hash.slice(0, 12)}`;
  return checkForm(found.scores, rewardReportSchema, where, 'Train the reward function again.');
}
