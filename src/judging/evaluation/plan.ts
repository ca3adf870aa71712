// Which prompts are evaluated, and by which seeds their images are drawn: functions of the configuration alone, so that
// every model gets the same ones and an evaluation can go on where it stopped.

import type { PromptSplit } from '../../project/database/schema.ts';
import type { Prompt } from '../../project/images/prompts.ts';
import { orderCategories } from '../../project/prompts/categories.ts';
import { CollimateError } from '../../util/errors.ts';
import { random } from '../../util/random.ts';

/** Splits in the order in which figures are told: what matters most comes first. */
export const SPLITS: readonly PromptSplit[] = ['unseen', 'seen'];

/** GenEval's prompts are stored among the others, and are no part of what a project evaluates. */
export const GENEVAL = 'geneval ';

/**
 * At most `perCategory` prompts of each category and split, chosen by the seed; unseen ones first.
 *
 * @throws CollimateError MISSING_STAGE where there are no prompts.
 */
export function choosePrompts(prompts: readonly Prompt[], perCategory: number, seed: number): Prompt[] {
  if (prompts.length === 0)
    throw new CollimateError(
      'MISSING_STAGE',
      'evaluate: the project has no prompts yet',
      'Run `collimate generate` first.',
    );
  const own = prompts.filter(({ category }) => !category.startsWith(GENEVAL));
  const categories = orderCategories(own.map(({ category }) => category));
  return SPLITS.flatMap((split) =>
    categories.flatMap((category) => {
      const group = own.filter((prompt) => prompt.split === split && prompt.category === category);
      return random(seed, 'evaluate', split, category).shuffle(group).slice(0, perCategory);
    }),
  );
}

/** The seed of image `index` of a prompt, the same for every model. */
export function imageSeed(seed: number, promptId: string, index: number): number {
  return random(seed, 'evaluate', promptId, index).int(2 ** 31);
}
