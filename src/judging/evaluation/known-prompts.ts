// Which prompts a world's judge can answer for. The others are for measures and for people.

import type { Prompt } from '../../project/images/prompts.ts';
import { CollimateError } from '../../util/errors.ts';
import type { World } from '../../world/world.ts';

/** @throws CollimateError USAGE where a world does not know some of the prompts of a pair study, which its raters are to answer */
export function requireAllKnown(world: World, prompts: readonly Prompt[]): void {
  const unknown = prompts.filter((prompt) => world.read(prompt) === undefined);
  if (unknown.length === 0) return;
  throw new CollimateError(
    'USAGE',
    `evaluate human --simulate: the ${world.name} world knows nothing of ${unknown.length} of the ${prompts.length} prompts, such as ${JSON.stringify(unknown[0]!.text.slice(0, 60))}`,
    'Have people answer in the studio, which takes the same command without --simulate.',
  );
}

/**
 * The prompts that a world knows.
 *
 * @throws CollimateError USAGE where there are prompts and it knows none of them.
 */
export function knownPrompts(world: World, prompts: readonly Prompt[]): Prompt[] {
  const known = prompts.filter((prompt) => world.read(prompt) !== undefined);
  if (known.length > 0 || prompts.length === 0) return known;
  throw new CollimateError(
    'USAGE',
    `evaluate: the judge of the ${world.name} world knows none of the ${prompts.length} prompts of this project`,
    'Use `collimate evaluate measures`, or have people judge with `collimate evaluate human`.',
  );
}
