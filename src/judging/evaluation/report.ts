// What an evaluation found, as plain data: the content of `evaluation.json`, which the report reads.

import type { ReliabilityBin } from '../../method/reward/metrics/calibration.ts';
import type { PromptSplit } from '../../project/database/schema.ts';
import type { Interval } from '../../statistics/bootstrap.ts';
import type { Estimate } from '../../statistics/jackknife.ts';
import type { WorldAnswer } from '../../world/world.ts';

export interface EvaluationReport {
  readonly version: 1;
  readonly runId: string;
  readonly createdAt: string;
  readonly settings: EvaluationSettings;
  readonly judgeHash: string;
  readonly rewardHash: string | null;
  /** How the judge that evaluates and the one that raters see with agree on them; absent where the world has one alone. */
  readonly agreement?: JudgeAgreement;
  /** Images drawn by the models and judged, all of them. */
  readonly images: number;
  /** The base first. */
  readonly contestants: readonly ContestantReport[];
  readonly renders: RendersReport;
  /** Share judged good of the best by reward of n images of the base, by split; empty without a reward. */
  readonly bestOfCurve: readonly BestOfPoint[];
  /** How well the reward predicts the judge on all images of the base; empty without a reward. */
  readonly prediction: readonly PredictionRow[];
  /** Reward and judge on the fixed sample prompts over the steps of tuning; empty without samples. */
  readonly overSteps: readonly StepPoint[];
  readonly items: readonly EvaluatedPrompt[];
  /** Seconds it took, drawing included, of the last time it ran. */
  readonly seconds: number;
}

/** Two judges of different architecture and seed on the same images. Shares, 0 to 1. */
export interface JudgeAgreement {
  readonly secondHash: string;
  readonly images: number;
  /** Images on which both say good or bad. */
  readonly answered: number;
  /** Share of the answered on which they say the same. */
  readonly same: number;
  /** Cohen's κ on the answered; null where one says the same of all. */
  readonly kappa: number | null;
}

export interface EvaluationSettings {
  readonly seed: number;
  readonly sampler: string;
  readonly steps: number;
  readonly guidanceScale: number;
  /** Absent for none. */
  readonly negativePrompt?: string;
  /** In pixels; absent for the model's own size. */
  readonly width?: number;
  readonly height?: number;
  /** Absent for float32. */
  readonly precision?: string;
  readonly promptsPerCategory: number;
  readonly imagesPerPrompt: number;
  readonly bestOf: number;
  readonly bootstrapSamples: number;
}

export type ContestantKind = 'base' | 'tuned' | 'best-of';

export interface ContestantReport {
  /** `base`, `tuned`, `checkpoint-200`, `best-of-16`, … */
  readonly name: string;
  readonly kind: ContestantKind;
  readonly modelHash: string;
  readonly imagesPerPrompt: number;
  /** By split and category, those with prompts; category `all` weighs every prompt of the split alike. */
  readonly groups: readonly GroupReport[];
  /** Fréchet distance to renders of the same prompts, over all images, and over the first image of each prompt. */
  readonly frechet: { readonly all: FrechetReport; readonly first: FrechetReport };
}

export interface GroupReport {
  readonly split: PromptSplit;
  readonly category: string;
  readonly prompts: number;
  readonly images: number;
  /** Share judged good, 0 to 1. */
  readonly good: Interval;
  /** Share the judge could not tell, 0 to 1; counted as not good. */
  readonly unclear: number;
  /** Share in which there is nothing, which is bad; absent where the judge has no word for it. */
  readonly empty?: number;
  readonly reward: Interval | null;
  /** Mean distance of features within a prompt; null for one image a prompt. */
  readonly diversity: Interval | null;
  /** Against the base on the same prompts; null for the base itself. */
  readonly versusBase: Comparison | null;
}

/** Differences are this one less the base, paired by prompt. */
export interface Comparison {
  readonly good: Interval;
  /** `share / share of the base − 1`; null where the base's share may be 0. */
  readonly growth: Interval | null;
  readonly reward: Interval | null;
  readonly diversity: Interval | null;
  /** Pairs of images of one prompt and place: only this one is good, only the base's, both or none. Shares, 0 to 1. */
  readonly wins: number;
  readonly losses: number;
  readonly ties: number;
}

export interface FrechetReport extends Estimate {
  readonly images: number;
  /** `distance / distance of the base − 1`; null for the base. */
  readonly growth: Estimate | null;
}

/** What renders of the same prompts reach: the reference, and the floor that other renders come to. */
export interface RendersReport {
  /** Renders in the reference. */
  readonly images: number;
  /** Over all prompts, and by split: a figure of a split compares with that of the same prompts alone. */
  readonly diversity: number;
  readonly diversityOf?: Readonly<Partial<Record<PromptSplit, number>>>;
  /** Mean Fréchet distance of as many renders as a model drew images, over some draws; above 0 by the estimate's bias. */
  readonly floor: { readonly all: Floor; readonly first: Floor };
}

export interface Floor {
  readonly images: number;
  readonly distance: number;
  readonly draws: number;
}

export interface BestOfPoint {
  readonly split: PromptSplit;
  readonly n: number;
  readonly good: number;
  readonly reward: number;
}

/** The judge's good and bad answers as predicted by the reward (above ½ is good) and by the CLIP score. */
export interface PredictionRow {
  readonly split: PromptSplit;
  readonly category: string;
  readonly images: number;
  readonly goodShare: number;
  /** Mean over prompts. */
  readonly accuracy: Interval;
  /** Null where all answers are alike. */
  readonly auroc: number | null;
  readonly calibrationError: number;
  readonly bins: readonly ReliabilityBin[];
  /** At the threshold that suits the training images of the reward best. */
  readonly clip: { readonly accuracy: number | null; readonly auroc: number | null };
  /** Accuracy less that of the CLIP score, paired by prompt. */
  readonly gain: Interval | null;
}

export interface StepPoint {
  readonly step: number;
  readonly images: number;
  readonly good: number;
  readonly reward: number | null;
}

export interface EvaluatedPrompt {
  readonly prompt: string;
  readonly category: string;
  readonly split: PromptSplit;
  /** By contestant's name; the n-th images of two contestants share their seed, apart from the best of n. */
  readonly images: Readonly<Record<string, readonly EvaluatedImage[]>>;
}

export interface EvaluatedImage {
  /** Of the PNG in the project's images. */
  readonly hash: string;
  readonly seed: number;
  readonly answer: WorldAnswer;
  readonly reward: number | null;
}
