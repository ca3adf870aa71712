// Everything the report tells, as plain data: the content of `report.json`. Pictures are named by their hashes.

import type { Agreement } from '../../method/quality/agreement.ts';
import type { EditSummary } from '../../method/reward/edits.ts';
import type { CalibrationReport } from '../../method/reward/measure-calibration.ts';
import type { WordReport } from '../../method/reward/metrics/by-word.ts';
import type { ReliabilityBin } from '../../method/reward/metrics/calibration.ts';
import type { RewardRow } from '../../method/reward/report.ts';
import type { StepMetrics } from '../../method/tuning/metrics.ts';
import type { WatchLook, WatchRule, WatchVerdict } from '../../method/tuning/watch-rule.ts';
import type { Answer, ImagePurpose, PromptSplit } from '../../project/database/schema.ts';
import type { Category } from '../../project/prompts/grammar.ts';
import type { EvaluationReport } from '../evaluation/report.ts';
import type { GenevalReport } from '../measures/geneval-run.ts';
import type { MeasuresReport } from '../measures/report.ts';
import type { StudyVerdict } from '../verdict/verdict.ts';

export interface ReportData {
  readonly version: 1;
  readonly title: string;
  readonly createdAt: string;
  readonly seed: number;
  readonly asked: AskedData | null;
  readonly feedback: FeedbackData | null;
  readonly reward: RewardFacts | null;
  readonly tuning: TuningData | null;
  readonly evaluation: EvaluationReport | null;
  /** Pair studies that somebody has answered, the latest first. */
  readonly verdicts: readonly StudyData[];
  /** Names of those that nobody has answered. */
  readonly unanswered: readonly string[];
  readonly measures: MeasuresReport | null;
  readonly geneval: GenevalReport | null;
  readonly lineage: readonly LineageRow[];
  readonly cost: CostData;
  readonly config: readonly ConfigRow[];
  /** Commands that bring a project of this config to this report. */
  readonly commands: readonly string[];
}

/** Prompts of each category whose pictures the report shows before and after tuning. */
export const PROMPTS_PER_CATEGORY = 3;

export interface StudyData {
  readonly verdict: StudyVerdict;
  /** The analysis plan, as it was registered. */
  readonly plan: Readonly<Record<string, unknown>>;
  /** The file of raw votes, from the project's folder. */
  readonly votes: string;
  /** Some pairs of the primary comparison with what was said of them; chosen by their place in the study. */
  readonly pairs: readonly StudyPairData[];
}

export interface StudyPairData {
  readonly prompt: string;
  readonly category: string;
  readonly split: PromptSplit;
  /** The two images, with the name of who drew each. */
  readonly images: readonly { readonly name: string; readonly hash: string }[];
  /** How many raters chose the first image, the second, or neither. */
  readonly votes: readonly { readonly question: string; readonly counts: readonly [number, number, number] }[];
}

/** A picture with what it was drawn from. */
export interface PictureRef {
  readonly hash: string;
  readonly prompt: string;
  readonly seed: number;
}

export interface AskedData {
  readonly prompts: readonly {
    readonly category: Category;
    readonly split: PromptSplit;
    readonly count: number;
    readonly example: string;
  }[];
  /** What the grammar holds out beside single prompts, in words. */
  readonly heldOut: string | null;
  /** How often figures of unseen prompts were made, by stage. */
  readonly openings: readonly { readonly stage: string; readonly count: number }[];
}

export interface FeedbackData {
  readonly images: number;
  readonly rated: number;
  readonly answers: Readonly<Record<Answer, number>>;
  readonly categories: readonly ({ readonly category: string; readonly images: number } & Record<Answer, number>)[];
  readonly raters: readonly RaterRow[];
  /** Null where no image was rated twice. */
  readonly agreement: Agreement | null;
  readonly guideline: { readonly version: number; readonly text: string } | null;
  /** For each category, the first images in order of their hashes that were answered good, and bad. */
  readonly examples: readonly (PictureRef & { readonly category: string; readonly answer: Answer })[];
}

export interface RaterRow {
  readonly name: string;
  readonly kind: 'human' | 'simulated';
  readonly excluded: boolean;
  readonly answers: number;
  /** Of good and bad answers. */
  readonly goodShare: number | null;
  readonly skipShare: number;
  /** Null where no answer came with its time. */
  readonly medianSeconds: number | null;
}

export interface TuningData {
  readonly runId: string;
  readonly status: string;
  readonly name: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly plan: Readonly<Record<string, unknown>> | null;
  readonly steps: number;
  readonly seconds: number;
  /** At most 60 points; means over equal runs of steps. */
  readonly curve: readonly Omit<StepMetrics, 'seconds'>[];
  readonly samples: SampleGrid | null;
  /** The step whose weights the tuned model has; null before there is one. */
  readonly published: number | null;
  /** Null where no rater was held out. */
  readonly watch: WatchData | null;
}

/** What held-out raters' reward says of the samples over the steps. */
export interface WatchData extends Omit<WatchVerdict, 'looks'> {
  readonly raters: readonly string[];
  /** What the samples' distance is to, in words. */
  readonly reference: string;
  readonly rule: WatchRule;
  /** Kept fidelity is 1 less the growth of the distance as a share of the base's, kept diversity a share of the base's. */
  readonly looks: readonly (WatchLook & {
    readonly fidelityKept: number | null;
    readonly diversityKept: number | null;
  })[];
}

/** The fixed sample prompts as tuning went on; the base is step 0. */
export interface SampleGrid {
  readonly steps: readonly number[];
  readonly rows: readonly {
    readonly prompt: string;
    readonly seed: number;
    readonly hashes: readonly (string | null)[];
  }[];
}

export interface LineageRow {
  readonly what: string;
  readonly hash: string;
  readonly detail: string;
}

export interface CostData {
  readonly images: readonly { readonly purpose: ImagePurpose; readonly count: number }[];
  readonly ratings: number;
  /** Answers in pair studies. */
  readonly pairAnswers: number;
  /** Seconds that raters took for all of them, simulated ones as they are simulated. */
  readonly raterSeconds: { readonly human: number; readonly simulated: number };
  /** Seconds by stage, of stages that say how long they worked. */
  readonly seconds: readonly { readonly stage: string; readonly seconds: number }[];
  readonly machine: string;
}

export interface ConfigRow {
  readonly key: string;
  readonly value: string;
  /** Whether it differs from the default. */
  readonly set: boolean;
  readonly description: string;
}

/** The set of images on which the judge stands for raters. */
export const JUDGED = 'unseen prompts, against the judge';

export interface RewardFacts {
  readonly hash: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly examples: { readonly train: number; readonly validation: number };
  readonly bestStep: number;
  /** Of training. */
  readonly seconds: number;
  readonly curve: readonly RewardPoint[];
  readonly groups: readonly RewardGroup[];
  /** Reliability by data set. */
  readonly reliability: readonly {
    readonly set: string;
    readonly bins: readonly ReliabilityBin[];
    readonly error: number | null;
  }[];
  /** Readings of the reward as a probability; null where no prompts validated it. */
  readonly calibration: CalibrationReport | null;
  /** What prompt classification had to work with; null where it was off. */
  readonly edits: EditSummary | null;
  readonly words: WordReport | null;
  /** Raters whose answers never reached it. */
  readonly heldOut: readonly string[];
}

export interface RewardPoint {
  readonly step: number;
  readonly train: number;
  readonly validation: number | null;
  readonly trainAccuracy: number;
  readonly validationAccuracy: number | null;
}

/** How well the reward and the CLIP score predict answers about some images; null where all answers are alike. */
export interface RewardGroup {
  /** Which images, in words. */
  readonly set: string;
  readonly category: string;
  readonly images: number;
  readonly goodShare: number;
  readonly accuracy: { readonly reward: number | null; readonly clip: number | null };
  /** The ends of the 95 % interval of the reward's accuracy. */
  readonly interval: readonly [number, number] | null;
  readonly auroc: { readonly reward: number | null; readonly clip: number | null };
  /** Expected calibration error of the reward, 0 to 1. */
  readonly calibrationError: number;
  /** Good against bad images of one prompt; nothing where no prompt has both. */
  readonly pairwise?: RewardRow['pairwise'];
}
