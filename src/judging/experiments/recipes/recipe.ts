// A recipe of the reproduction: what a seed's project starts from, the models that are tuned beside the method's own, and what
// the figures are held against.

import type { TunePatch } from '../../../method/tuning/methods/method.ts';
import type { Placebo } from '../../../method/tuning/placebo.ts';
import type { ConfigPatch } from '../../../project/config/config.ts';
import type { PromptSplit } from '../../../project/database/schema.ts';
import type { EvaluationReport } from '../../evaluation/report.ts';

/** The method with one part changed or taken away, over the same images, answers and steps. */
export interface RecipeRow {
  /** What is changed, in a few words. */
  readonly about: string;
  readonly settings?: TunePatch;
  readonly placebo?: Placebo;
  /** Weighed by a reward function that was taught without prompt classification (λ = 0). */
  readonly plainReward?: true;
}

/** One figure that the reproduction is to reach, and whether it did. */
export interface Target {
  readonly name: string;
  readonly wanted: string;
  readonly reached: boolean;
  readonly value: number | null;
}

/** An evaluation without its pictures. */
export type SeedEvaluation = Omit<EvaluationReport, 'items'>;

export interface ReproductionRecipe {
  readonly name: string;
  /** In one sentence. */
  readonly about: string;
  /** The seed is added. */
  readonly config: ConfigPatch;
  readonly rows: Readonly<Record<string, RecipeRow>>;
  /** Rows that are tuned where none are named. */
  readonly usual: readonly string[];
  /** Images of each prompt that are drawn after the answers: the reward function alone says what they are worth. */
  readonly unlabelled: number;
  /** Prompts that are judged; default those that an evaluation looks at. */
  readonly splits?: readonly PromptSplit[];
  /** Figures to reach; none where figures stand beside the paper's instead. */
  targets(evaluation: SeedEvaluation): Target[];
  /** Sets of pictures that simulated raters compare, in the paper's way. */
  readonly sets?: { readonly pictures: number; readonly outOf: number; readonly raters: number };
}
