// One thing that is asked of a rater: an image, an image of a sheet, or one question about a pair.

import type { Mode } from './keymap.ts';
import type { QueueItem } from './queue.ts';

/** What a rater works through: single images, sheets of images of one prompt, or pairs. */
export type Kind = 'image' | 'sheet' | 'pair';

export type Question = 'alignment' | 'fidelity';

export type Answer = 'good' | 'bad' | 'skip' | 'left' | 'right' | 'tie' | 'neither';

/** What is said beside an answer: words of the prompt that are not shown, and a note. */
export interface GivenReasons {
  readonly words: readonly string[];
  readonly note: string;
}

export interface RateItem extends QueueItem {
  /** Rises in the order in which items were handed out. */
  readonly order: number;
  /** The image; of a pair nobody learns which images it has. */
  readonly imageId?: string;
  readonly prompt: string;
  /** Words of the prompt that a picture may fail to show. */
  readonly words: readonly string[];
  /** Addresses of the pictures: one, or the left and the right one. */
  readonly pictures: readonly string[];
  /** The question about a pair of a study, and whether it is the last about this pair. */
  readonly pair?: {
    readonly studyId: string;
    readonly pairId: string;
    readonly question: Question;
    readonly isLast: boolean;
  };
}

export const modeOf = (kind: Kind): Mode => (kind === 'pair' ? 'pair' : 'image');
