// Which prompts a world's judge can answer for. The others are for measures and for people.

import type { Prompt } from '../../project/images/prompts.ts';
import { CollimateError } from '../../util/errors.ts';
import type { World } from '../../world/world.ts';

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
