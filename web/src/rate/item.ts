// One thing that is asked of a rater: an image, an image of a sheet, one question about a pair, or the best of a sheet.

import type { Mode } from './keymap.ts';
import type { QueueItem } from './queue.ts';

/** What a rater works through: single images, sheets of images of one prompt, pairs, or sheets to choose the best of. */
export type Kind = 'image' | 'sheet' | 'pair' | 'best';

export type Question = 'alignment' | 'fidelity';

/** Which picture of a sheet is the best, from 1. */
export type Choice = `pick${number}`;

/** `middle`: of a scale of five, neither good nor bad. */
export type Answer = 'good' | 'bad' | 'middle' | 'skip' | 'left' | 'right' | 'tie' | 'neither' | Choice;

export type Scale = 'alignment' | 'fidelity' | 'artefacts';

/** Steps from 1 to 5. */
export type Steps = { readonly [K in Scale]?: number };

/** The scales that are asked where one image is rated at a time. */
export const SCALES_OF = {
  none: [],
  alignment: ['alignment'],
  all: ['alignment', 'fidelity', 'artefacts'],
} as const satisfies Record<string, readonly Scale[]>;

/** The answer that a step of alignment is. */
export const answerOfStep = (step: number): Answer => (step > 3 ? 'good' : step < 3 ? 'bad' : 'middle');

/** What is said beside an answer: words of the prompt that are not shown, a note, and steps of scales. */
export interface GivenReasons {
  readonly words: readonly string[];
  readonly note: string;
  readonly steps?: Steps;
}

export interface RateItem extends QueueItem {
  /** Rises in the order in which items were handed out. */
  readonly order: number;
  /** The image; of a pair nobody learns which images it has. */
  readonly imageId?: string;
  readonly prompt: string;
  /** Words of the prompt that a picture may fail to show. */
  readonly words: readonly string[];
  /** Addresses of the pictures: one, the left and the right one, or those of a sheet. */
  readonly pictures: readonly string[];
  /** The images of a sheet of which the best is asked. */
  readonly images?: readonly string[];
  /** The question about a pair of a study, and whether it is the last about this pair. */
  readonly pair?: {
    readonly studyId: string;
    readonly pairId: string;
    readonly question: Question;
    readonly isLast: boolean;
  };
}

export const modeOf = (kind: Kind, scales: readonly Scale[]): Mode =>
  kind === 'pair' || kind === 'best' ? kind : kind === 'image' && scales.length > 0 ? 'scale' : 'image';
