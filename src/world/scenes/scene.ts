// What a picture of the world shows. A scene is all that its pixels depend on.

import { type Count, countsOf, type Grammar, makeSlots, type Slots } from '../../project/prompts/grammar.ts';
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
export function sampleScene(slots: Slots, rng: Random, { colors, backgrounds }: Grammar = worldGrammar): Scene {
  const { count, subject } = slots;
  const color = slots.color ?? rng.pick(colors);
  const background = slots.background ?? rng.pick(backgrounds).name;
  return { count, color, subject, background, seed: rng.int(2 ** 32) };
}

/** What any scene of a grammar shows, each part drawn evenly. */
export function anySlots(rng: Random, grammar: Grammar = worldGrammar): Slots {
  const { subjects, colors, backgrounds } = grammar;
  return makeSlots(
    rng.pick(countsOf(grammar)),
    rng.pick(colors),
    rng.pick(subjects).singular,
    rng.pick(backgrounds).name,
  );
}

/** Any scene of a grammar. */
export function sampleAnyScene(rng: Random, grammar: Grammar = worldGrammar): Scene {
  return sampleScene(anySlots(rng, grammar), rng, grammar);
}
