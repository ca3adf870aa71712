// Which prompts are evaluated, and by which seeds their images are drawn: functions of the configuration alone, so that
// every model gets the same ones and an evaluation can go on where it stopped.

import type { Prompt } from '../../project/images/prompts.ts';
import { CATEGORIES, type Category } from '../../project/prompts/grammar.ts';
import { CollimateError } from '../../util/errors.ts';
import { random } from '../../util/random.ts';

/** A prompt to evaluate, its category checked. */
export type PlannedPrompt = Prompt & { category: Category };

/**
 * At most `perCategory` prompts of each category and split, chosen by the seed; unseen ones first.
 *
 * @throws CollimateError MISSING_STAGE where there are no prompts.
 */
export function choosePrompts(prompts: readonly Prompt[], perCategory: number, seed: number): PlannedPrompt[] {
  if (prompts.length === 0)
    throw new CollimateError(
      'MISSING_STAGE',
      'evaluate: the project has no prompts yet',
      'Run `collimate generate` first.',
    );
  const known = prompts.filter(isPlanned);
  return (['unseen', 'seen'] as const).flatMap((split) =>
    CATEGORIES.flatMap((category) => {
      const group = known.filter((prompt) => prompt.split === split && prompt.category === category);
      return random(seed, 'evaluate', split, category).shuffle(group).slice(0, perCategory);
    }),
  );
}

function isPlanned(prompt: Prompt): prompt is PlannedPrompt {
  return (CATEGORIES as readonly string[]).includes(prompt.category);
}

/** The seed of image `index` of a prompt, the same for every model. */
export function imageSeed(seed: number, promptId: string, index: number): number {
  return random(seed, 'evaluate', promptId, index).int(2 ** 31);
}
