// Which prompts are evaluated, and by which seeds their images are drawn: functions of the configuration alone, so that
// every model gets the same ones and an evaluation can go on where it stopped.

import type { PromptSplit } from '../../project/database/schema.ts';
import type { Prompt } from '../../project/images/prompts.ts';
import { orderCategories } from '../../project/prompts/categories.ts';
import { CollimateError } from '../../util/errors.ts';
import { random } from '../../util/random.ts';

/** Splits in the order in which figures are told: what matters most comes first. */
export const SPLITS: readonly PromptSplit[] = ['unseen', 'development', 'seen'];

/** GenEval's prompts are stored among the others, and are no part of what a project evaluates. */
export const GENEVAL = 'geneval ';

/** The prompts that a project evaluates, of the splits that are asked for. */
export interface PlanOptions {
  readonly perCategory: number;
  readonly seed: number;
  /** Default: development and seen where there are development prompts, else unseen and seen. */
  readonly splits?: readonly PromptSplit[] | undefined;
}

/** The prompts of a project that are its own, of the splits that are asked for or of those that are looked at by default. */
export function findSplits(prompts: readonly Prompt[], splits?: readonly PromptSplit[]): Prompt[] {
  const own = prompts.filter(({ category }) => !category.startsWith(GENEVAL));
  const closed: PromptSplit = own.some(({ split }) => split === 'development') ? 'unseen' : 'development';
  const open = splits ?? SPLITS.filter((split) => split !== closed);
  return own.filter(({ split }) => open.includes(split));
}

/**
 * At most `perCategory` prompts of each category and split, chosen by the seed; unseen ones first. Where there are
 * development prompts the unseen ones are a test set, which is opened by name alone.
 *
 * @throws CollimateError MISSING_STAGE where there are no such prompts.
 */
export function planPrompts(prompts: readonly Prompt[], { perCategory, seed, splits }: PlanOptions): Prompt[] {
  if (prompts.length === 0)
    throw new CollimateError(
      'MISSING_STAGE',
      'evaluate: the project has no prompts yet',
      'Run `collimate generate` first.',
    );
  const own = findSplits(prompts, splits);
  const categories = orderCategories(own.map(({ category }) => category));
  const chosen = SPLITS.flatMap((split) =>
    categories.flatMap((category) => {
      const group = own.filter((prompt) => prompt.split === split && prompt.category === category);
      return random(seed, 'evaluate', split, category).shuffle(group).slice(0, perCategory);
    }),
  );
  if (chosen.length > 0 || splits === undefined) return chosen;
  throw new CollimateError(
    'MISSING_STAGE',
    `evaluate: the project has no ${splits.join(' or ')} prompts`,
    'Name another --split, or keep some apart (prompts.developmentPerCategory, prompts.unseenPerCategory, `prompts import --unseen-share`).',
  );
}

/** The seed of image `index` of a prompt, the same for every model. */
export function imageSeed(seed: number, promptId: string, index: number): number {
  return random(seed, 'evaluate', promptId, index).int(2 ** 31);
}
