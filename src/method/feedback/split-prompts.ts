// Which imported prompts are learned from, which choose settings and which are kept for evaluation: drawn by the seed, the same
// share of each category, unless the file says it.

import { random } from '../../util/random.ts';
import type { ImportedPrompt } from './parse-prompts.ts';

export interface SplitShares {
  /** Kept for evaluation alone, 0 to 1. */
  readonly unseen: number;
  /** Never learned from, used to choose settings, 0 to 1. */
  readonly development: number;
}

/**
 * Prompts whose file does not say where they belong, by shares. A prompt's place in the draw depends on the seed and itself
 * alone, so that a file that grew keeps most of what was drawn before.
 */
export function splitByShares<T extends Pick<ImportedPrompt, 'id' | 'category' | 'split' | 'splitGiven'>>(
  prompts: readonly T[],
  { unseen, development }: SplitShares,
  seed: number,
): T[] {
  const open = prompts.filter(({ splitGiven }) => !splitGiven);
  const splits = new Map<string, T['split']>();
  for (const category of new Set(open.map((prompt) => prompt.category))) {
    const places = open
      .filter((prompt) => prompt.category === category)
      .map(({ id }) => ({ id, place: random(seed, 'prompts', 'import', id).uniform() }))
      .sort((a, b) => a.place - b.place || (a.id < b.id ? -1 : 1));
    const [first, second] = [unseen, unseen + development].map((share) => Math.round(share * places.length));
    places.forEach(({ id }, i) => {
      splits.set(id, i < first! ? 'unseen' : i < second! ? 'development' : 'seen');
    });
  }
  return prompts.map((prompt) => ({ ...prompt, split: splits.get(prompt.id) ?? prompt.split }));
}
