// What automatic measures found: the content of `measures.json`.

import type { PromptSplit } from '../../project/database/schema.ts';
import type { Interval } from '../../statistics/bootstrap.ts';
import type { DistanceReport } from './distance.ts';

export interface MeasuresReport {
  readonly version: 1;
  readonly createdAt: string;
  readonly prompts: number;
  readonly imagesPerPrompt: number;
  /** The CLIP behind CLIP score, diversity and CMMD. */
  readonly encoderHash: string;
  readonly rewardHash: string | null;
  /** What images are compared with; null where nothing was given. */
  readonly reference: { readonly kind: 'renders' | 'folder'; readonly images: number; readonly path?: string } | null;
  readonly models: readonly ModelMeasures[];
  readonly seconds: number;
}

/** The figures of a model over the prompts of one split. */
export interface SplitMeasures {
  readonly split: PromptSplit;
  readonly prompts: number;
  readonly clipScore: Measured;
  readonly reward: Measured | null;
  readonly heldOut: Measured | null;
  readonly diversity: Measured | null;
}

/** A figure, and how it differs from the base's on the same prompts and seeds. */
export interface Measured {
  readonly value: Interval;
  readonly versusBase: Interval | null;
}

export interface ModelMeasures {
  readonly name: string;
  readonly modelHash: string;
  readonly images: number;
  /** `100 · max(0, cos)` of image and prompt, mean over prompts. */
  readonly clipScore: Measured;
  /** Null without a reward function. */
  readonly reward: Measured | null;
  /** Standard deviation over the heads of the reward's ensemble, mean over images; null for a single head. */
  readonly doubt: Measured | null;
  /** The reward that held-out raters taught, which never steers; null where nobody is held out. */
  readonly heldOut: Measured | null;
  /** `1 − cos` of two images of one prompt; null for one image a prompt. */
  readonly diversity: Measured | null;
  /** The same figures over the prompts of each split that has any. */
  readonly splits: readonly SplitMeasures[];
  /** Shares of images on which a part of the prompt is right; by the judge, in the embedded world alone. */
  readonly parts: readonly PartRight[];
  readonly distances: readonly DistanceReport[];
}

export interface PartRight extends Measured {
  readonly part: string;
  /** Prompts that name it. */
  readonly prompts: number;
}
