// Sets of pictures side by side, as the paper had people compare them (Lee et al., 2023): some pictures a side, nine raters,
// decided where two thirds of them agree. Simulated raters alone; people compare pairs, in studies.

import type { PromptSplit } from '../../project/database/schema.ts';
import { random } from '../../util/random.ts';
import type { Asked, Seen, SeenSets, World } from '../../world/world.ts';
import { twoThirds } from './tally.ts';

/** A prompt with the pictures of both sides. */
export interface PictureSets {
  readonly prompt: string;
  readonly category: string;
  readonly split: PromptSplit;
  readonly asked: Asked;
  readonly a: readonly Seen[];
  readonly b: readonly Seen[];
}

/** What raters said of the two sets of a prompt. */
export interface SetVerdict extends Pick<PictureSets, 'prompt' | 'category' | 'split'> {
  readonly question: SeenSets['question'];
  /** Votes for the first, for the second, and for neither. */
  readonly votes: readonly [first: number, second: number, ties: number];
  /** 1 where two thirds are for the first, −1 where they are for the second. */
  readonly result: -1 | 0 | 1;
}

export interface SetStudy {
  /** Of the comparison: raters feel otherwise about another one. */
  readonly name: string;
  readonly raters: number;
  readonly seed: number;
}

const QUESTIONS = ['alignment', 'fidelity'] as const;

/** Has simulated raters compare the sets of each prompt; which set stands left is drawn for each rater and prompt. */
export function compareSets(
  world: World,
  sets: readonly PictureSets[],
  { name, raters, seed }: SetStudy,
): SetVerdict[] {
  const all = world.makePairRaters(raters, seed);
  return QUESTIONS.flatMap((question) =>
    sets.map(({ prompt, category, split, asked, a, b }): SetVerdict => {
      const pairId = `${name}/${prompt}`;
      const votes: [number, number, number] = [0, 0, 0];
      for (const rater of all) {
        const aLeft = random(seed, 'set-side', rater.id, pairId).uniform() < 0.5;
        const [left, right] = aLeft ? [a, b] : [b, a];
        const { answer } = world.compareSets(rater, { pairId, question, asked, left, right });
        votes[answer === 'tie' ? 2 : (answer === 'left') === aLeft ? 0 : 1]++;
      }
      return { prompt, category, split, question, votes, result: twoThirds(...votes) };
    }),
  );
}
