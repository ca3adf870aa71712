// What a way to tune is. Everything else of tuning knows methods by this interface and their table alone.

import type { Shape } from '../../../engine/graph/types.ts';
import type { Params } from '../../../engine/nn/params.ts';
import type { Batch, BatchTypes, LossResult } from '../../../engine/training/step.ts';
import type { Feeds } from '../../../engine/training/trainer.ts';
import type { NoiseProcess } from '../../../models/diffusion/process.ts';
import type { DiffusionModel } from '../../../models/families/model.ts';
import type { EngineOptions } from '../../../models/inference/device.ts';
import type { MethodName } from '../../../project/config/tune-methods.ts';
import type { Database } from '../../../project/database/database.ts';
import type { WhoseAnswers } from '../../../project/rating/select-answers.ts';
import type { Share, TuneData } from '../batches.ts';
import type { ModelImage } from '../images.ts';
import type { Denoiser } from '../loss.ts';
import type { StepMetrics } from '../metrics.ts';
import type { Mixture, TuneSettings } from '../mixture.ts';
import type { TunePlan } from '../plan.ts';
import type { PictureJudge } from '../policy/judge.ts';
import type { Preference } from '../preferences.ts';
import type { Candidate } from '../sources.ts';

/** A way to tune. Its words and settings are in `TUNE_METHODS` of the configuration. */
export interface TuningMethod {
  /** Images one by one, pairs of a better and a worse one side by side, or prompts, whose pictures it draws itself. */
  learnsFrom(settings: TuneSettings): 'images' | 'pairs' | 'prompts';
  /** Whether answers themselves are what it learns by, so that no reward function is asked. */
  usesAnswers(settings: TuneSettings): boolean;
  /** Settings that it takes no notice of, its own (`dpo.capMargin`) among them, which is said where they are set. */
  ignores?(settings: TuneSettings): readonly string[];
  /** At how many moments of its drawing each picture's own noise is wanted; 0 or nothing is none. */
  replays?(settings: TuneSettings): number;
  /** @throws CollimateError CONFIG for settings that it refuses. */
  check?(settings: TuneSettings): void;
  /** @throws CollimateError CONFIG where the model's noise is none that it can learn by, before anything is drawn. */
  checkProcess?(settings: TuneSettings, process: NoiseProcess): void;
  /** Whether what the network gives is compared with what it gave before, or another one gives: in 16 bits all of them are rounded alike. */
  readonly compares?: boolean;
  /** Why its steps cannot be shared by parts that know nothing of each other, where they cannot. */
  readonly alone?: string;
  /**
   * Of a method that learns several LoRAs at once: what each counts by in the one that is saved. They are learned apart, and drawn
   * with together.
   */
  networks?(settings: TuneSettings): readonly number[];
  /** What of the candidates is learned from. @throws CollimateError MISSING_STAGE where there is nothing. */
  select(source: SelectSource): Promise<Selection>;
  /** The tensors of a pass and their loss. */
  step(context: StepContext): MethodStep;
  /** What a run feeds its steps with. */
  open(run: MethodRun): Promise<Learner>;
  /** The lines of a plan, where those of images one by one do not fit. */
  describe?(plan: TunePlan, settings: TuneSettings): string[] | undefined;
  /** What an experiment over methods tries, by names for people: as many for each method where settings are to be chosen. */
  readonly trials: readonly MethodTrial[];
}

/** Settings to try a method with, beside those of the project. */
export interface MethodTrial {
  readonly name: string;
  readonly patch: TunePatch;
}

/** Settings in place of others: of sections, the keys that are named. */
export type TunePatch = { readonly [K in Exclude<keyof TuneSettings, MethodName>]?: TuneSettings[K] } & {
  readonly [N in MethodName]?: Partial<TuneSettings[N]>;
};

/** What images are chosen from. */
export interface SelectSource {
  readonly db: Database;
  readonly candidates: readonly Candidate[];
  /** None where answers are learned from. */
  readonly rewardHash: string | null;
  readonly settings: TuneSettings;
  readonly seed: number;
  /** Other scores than the stored ones of the reward function, by image. */
  readonly reading?: ReadonlyMap<string, number> | undefined;
  /** The answers that count, where answers do. */
  readonly whose: WhoseAnswers;
}

export interface Selection {
  readonly images: readonly ModelImage[];
  /** Candidates without a score or an answer. */
  readonly unscored: number;
  /** Pairs of rows of the images, for methods that learn from pairs. */
  readonly preferences?: readonly Preference[];
  /** What decides the run beside images and weights, such as the identifiers of pairs that came as pairs. */
  readonly identity?: readonly unknown[];
  /** What is worth saying of the choice, in lines. */
  readonly remarks?: readonly string[];
}

/** What the graph of a step is made by. */
export interface StepContext {
  readonly pipeline: Denoiser;
  readonly mixture: Mixture;
  readonly latentShape: readonly number[];
  readonly conditionShapes: Readonly<Record<string, Shape>>;
  readonly settings: TuneSettings;
  /** What pictures are worth, for methods that draw their own. */
  readonly judge?: PictureJudge | undefined;
}

export interface MethodStep {
  readonly batch: BatchTypes;
  /** @param others the parameters of the further networks that a method with `networks` learns */
  loss(params: Params, batch: Batch, others: readonly Params[]): LossResult;
}

/** A run of tuning, as methods see it. */
export interface MethodRun {
  readonly pipeline: DiffusionModel;
  readonly process: NoiseProcess;
  readonly data: TuneData;
  readonly settings: TuneSettings;
  readonly mixture: Mixture;
  readonly seed: number;
  readonly runDir: string;
  readonly engine: EngineOptions;
  /** Default those that the images' weights make. */
  readonly preferences: readonly Preference[] | undefined;
  /** What pictures are worth, for methods that draw their own. */
  readonly judge: PictureJudge | undefined;
}

/** Feeds the steps of one run. Everything is a function of seed and step, or a file of the run, so that a run goes on. */
export interface Learner {
  /** What is to be done before step `t`, such as drawing; `saveWeights` writes the learned weights as they are. */
  prepare?(t: number, saveWeights: (folder: string) => Promise<void>): Promise<void>;
  /** The passes of step `t`, counted from 1; where several share them, those of one. */
  batches(t: number, share?: Share): readonly Feeds[] | Promise<readonly Feeds[]>;
  /** Told of each step that was made; of those before a run was taken up again, `metrics.jsonl` tells. */
  observe?(metrics: StepMetrics): void;
  /** Figures of the step beside its losses. */
  figures?(): Partial<StepMetrics>;
  dispose?(): Promise<void>;
}
