/**
 * The three stages over a project: feedback, reward, tuning. Each goes on where it was stopped.
 *
 * @example
 * import { generateImages, simulateLabels } from 'collimate/method';
 * import { createProject } from 'collimate/project';
 * import { createProgress } from 'collimate/util';
 * import { openWorld } from 'collimate/world';
 * const prompts = { count: 2, color: 0, background: 0, combination: 0, unseenPerCategory: 0 };
 * const project = await createProject('cats', { prompts, generate: { imagesPerPrompt: 2, steps: 2 } });
 * const progress = createProgress({ stream: process.stderr, silent: true });
 * const session = { project, world: openWorld(project.config), progress, signal: new AbortController().signal };
 * await generateImages(session);
 * console.log((await simulateLabels(session)).ratings); // 4
 * await project.close();
 */

export type { Session } from './method/session.ts';
export { type GenerateSummary, generateImages, type GenerateOptions } from './method/feedback/generate.ts';
export { type LabelSummary, simulateLabels, type CategoryAnswers, type LabelOptions } from './method/feedback/label.ts';
export { type RewardSummary, trainReward, type HeldOutSummary } from './method/reward/train.ts';
export { evaluateReward } from './method/reward/evaluate.ts';
export { type ImageDoubt, rankByUncertainty } from './method/reward/uncertain.ts';
export { openRewardModel, type RewardModelHandle, type RewardConfig } from './method/reward/model.ts';
export { type TuneSummary, tuneModel } from './method/tuning/tune.ts';
export {
  judgeSteps,
  type WatchLook,
  type WatchPoint,
  type WatchRule,
  type WatchVerdict,
  type Alarm,
} from './method/tuning/watch-rule.ts';

// The reward function as a graph, for training it on other embeddings.
export { type HeadOptions, rewardHead, type RewardFeatures } from './method/reward/head.ts';
export { promptClassificationLoss, type RewardLossOptions, regressionLoss, rewardLoss } from './method/reward/loss.ts';

// Types that these signatures name.
export type { Agreement } from './method/quality/agreement.ts';
export type { EditSummary } from './method/reward/edits.ts';
export type { HeldOut, Teachers } from './method/reward/held-out.ts';
export type { Look, LossFigures } from './method/reward/look.ts';
export type { CalibrationFigures, CalibrationReport } from './method/reward/measure-calibration.ts';
export type { WordFigures, WordReport } from './method/reward/metrics/by-word.ts';
export type { ReliabilityBin } from './method/reward/metrics/calibration.ts';
export type { Gain } from './method/reward/metrics/gain.ts';
export type { PairwiseFigures } from './method/reward/metrics/pairwise.ts';
export type { PredictionFigures, RewardReport, RewardRow } from './method/reward/report.ts';
export type { EmbeddedPair } from './method/reward/scorer.ts';
export type { TasteReport } from './method/reward/taste/taste.ts';
export type { TunePatch } from './method/tuning/methods/method.ts';
export type { StepMetrics } from './method/tuning/metrics.ts';
export type { TuneSettings } from './method/tuning/mixture.ts';
export type { Continued } from './method/tuning/more-steps.ts';
export type { Placebo } from './method/tuning/placebo.ts';
export type { TunePlan } from './method/tuning/plan.ts';
export type { TuneOptions } from './method/tuning/prepare.ts';
export type { Origin, OriginCounts } from './method/tuning/sources.ts';
