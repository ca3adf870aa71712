// What simulated raters say of sets of pictures: the tuned model's against the base's, and against the best of the base's.

import { BASE } from '../../method/models.ts';
import { compareSets, type SetVerdict } from '../verdict/sets.ts';
import type { Gallery, ScoredPicture } from './pictures.ts';
import type { ReproductionRecipe } from './recipes/recipe.ts';

/** A comparison by name, such as `tuned : base`, with what was said of each prompt. */
export interface SetComparison {
  readonly a: string;
  readonly b: string;
  readonly verdicts: readonly SetVerdict[];
}

type Sets = NonNullable<ReproductionRecipe['sets']>;

/** Of the pictures of a prompt, those with the highest rewards; of equals, those that were drawn first. */
export function pickBestPictures<P extends { readonly reward: number }>(pool: readonly P[], count: number): P[] {
  return pool.toSorted((a, b) => b.reward - a.reward).slice(0, count);
}

export function studySets(
  { world, prompts, pictures }: Gallery,
  { pictures: count, outOf, raters }: Sets,
  seed: number,
): SetComparison[] {
  const base = pictures.get(BASE)!;
  const tuned = pictures.get('tuned')!;
  const first = (all: readonly ScoredPicture[]) => all.slice(0, count);
  const best = (all: readonly ScoredPicture[]) => pickBestPictures(all.slice(0, outOf), count);
  const others = { [BASE]: base.map(first), [`best ${count} of ${outOf}`]: base.map(best) };
  return Object.entries(others).map(([name, sets]) => {
    const pairs = prompts.map(({ text, category, split }, i) => ({
      prompt: text,
      category,
      split,
      asked: tuned[i]![0]!.asked,
      a: first(tuned[i]!).map(({ seen }) => seen),
      b: sets[i]!.map(({ seen }) => seen),
    }));
    return { a: 'tuned', b: name, verdicts: compareSets(world, pairs, { name, raters, seed }) };
  });
}
