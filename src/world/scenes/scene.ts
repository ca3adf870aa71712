// What a picture of the world shows. A scene is all that its pixels depend on.

import type { Count, Grammar, Slots } from '../../project/prompts/grammar.ts';
import { worldGrammar } from '../../project/prompts/world-grammar.ts';
import type { Random } from '../../util/random.ts';

/** `seed` fixes everything that the names leave open: positions, flips, shade, details of the place. */
export interface Scene {
  readonly count: Count;
  readonly color: string;
  readonly subject: string;
  readonly background: string;
  readonly seed: number;
}

/** A scene that shows what `slots` ask for; free slots and the seed are drawn from `rng`. */
export function sampleScene(slots: Slots, rng: Random, grammar: Grammar = worldGrammar): Scene {
  const { count, subject } = slots;
  const color = slots.color ?? rng.pick(grammar.colors);
  const background = slots.background ?? rng.pick(grammar.backgrounds).name;
  return { count, color, subject, background, seed: rng.int(2 ** 32) };
}
