// What an experiment is: a grid of variants and seeds, each cell a function that returns figures.

import { z } from 'zod';
import type { Session } from '../../method/session.ts';
import type { ConfigPatch } from '../../project/config/config.ts';
import type { ImagePool } from './pool.ts';

/** Named figures of one cell. */
export type Figures = Readonly<Record<string, number>>;

/** One row of the table; a cell may give several, such as a point for each budget. */
export interface CellRow {
  /** The line of the chart that it belongs to. */
  readonly series: string;
  /** What the row is about, such as `240 labels`. */
  readonly name: string;
  /** Its place on the x axis, where the rows of a series make a line. */
  readonly x?: number;
  readonly figures: Figures;
}

/** The rows of a cell as its file has them. */
export const cellRows: z.ZodType<CellRow[]> = z.array(
  z.looseObject({
    series: z.string(),
    name: z.string(),
    x: z.exactOptional(z.number()),
    // JSON has no NaN, which is what a figure of nothing is.
    figures: z.record(
      z.string(),
      z
        .number()
        .nullable()
        .transform((value) => value ?? Number.NaN),
    ),
  }),
);

/** What a cell that trains reward functions works with. */
export interface CellContext {
  readonly pool: ImagePool;
  readonly seed: number;
  /** Folder of the cell's own state, from which it goes on. */
  readonly folder: string;
}

/** What a cell that tunes works with: a project of its seed, which the cells of that seed share. */
export interface TuningContext extends Session {
  readonly seed: number;
  /** Images of each prompt that nobody rates, drawn beside those that are. */
  readonly unlabelled: number;
  readonly judgeDir?: string | undefined;
}

export interface Variant<C = CellContext> {
  readonly name: string;
  /** Everything that decides its figures beside seed and pool; part of the cell's identity. */
  readonly params: Readonly<Record<string, unknown>>;
  run(context: C): Promise<readonly CellRow[]>;
}

/** A column of the table. */
export interface Column {
  readonly key: string;
  readonly title: string;
  readonly format: 'share' | 'number';
  /** Whether a higher figure is better; for readers. */
  readonly better: 'higher' | 'lower';
}

/** A sentence of the paper, or of ours, and the comparison that bears on it. */
export interface Claim {
  readonly text: string;
  readonly figure: string;
  /** The rows by series and name: the first should be above the second. */
  readonly above: readonly [series: string, name: string];
  readonly below: readonly [series: string, name: string];
}

interface ExperimentOutline {
  readonly name: string;
  readonly title: string;
  readonly question: string;
  readonly columns: readonly Column[];
  /** The figure of the chart, the label of its x axis where rows have an x, and a second figure that it is traded against. */
  readonly chart: { readonly figure: string; readonly x?: string; readonly against?: string };
  readonly claims: readonly Claim[];
  /** Whether it opens the test set even where development prompts are kept: it chose by those itself. */
  readonly measuresUnseen?: boolean;
}

/** Cells that train reward functions on the pool: minutes. */
export interface RewardExperiment extends ExperimentOutline {
  readonly tunes: false;
  variants(settings: ExperimentSettings): readonly Variant[];
}

/** Cells that tune the U-Net: hours. */
export interface TuningExperiment extends ExperimentOutline {
  readonly tunes: true;
  variants(settings: ExperimentSettings): readonly Variant<TuningContext>[];
}

export type Experiment = RewardExperiment | TuningExperiment;

/** Sizes that tests make small. */
export interface ExperimentSettings {
  readonly config: ConfigPatch;
  /** Numbers of labels, rising. */
  readonly budgets: readonly number[];
  /** Labels of a round of active labelling, and rounds. */
  readonly round: { readonly labels: number; readonly count: number };
  /** Images of each seen prompt that nobody rates, for experiments that tune. */
  readonly unlabelled: number;
  /** Images of each unseen prompt that the best is picked from, at most. */
  readonly bestOf: number;
}
