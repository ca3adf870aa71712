// The meaning-changing edits of the auxiliary task, prompt classification (Lee et al., 2023, section 3.2):
// "two green dogs" becomes "three green dogs" or "two red dogs", and an image of the first must prefer the first.

import type { Random } from '../../util/random.ts';
import { valuesOf } from './enumerate.ts';
import type { Grammar, SlotName, Slots } from './grammar.ts';
import { slotNames } from './grammar.ts';
import { takeTurns } from './turns.ts';
import { worldGrammar } from './world-grammar.ts';

export interface EditOptions {
  readonly grammar?: Grammar;
  /** Leaves out edits that it answers with false, such as prompts kept for evaluation. */
  readonly accept?: (edited: Slots) => boolean;
}

/**
 * Up to `n` prompts that each differ from `slots` in exactly one part that `slots` names: its count, color, subject,
 * background or another slot. They are distinct, and the parts take turns, so that few edits still cover every part.
 *
 * @example
 * editPrompts({ count: 1, color: 'green', subject: 'dog' }, 3, random(1)).map((s) => formatPrompt(s));
 * // one other count, one other color, one other subject, in an order set by the stream
 */
export function editPrompts(slots: Slots, n: number, rng: Random, options: EditOptions = {}): Slots[] {
  const { grammar = worldGrammar, accept = () => true } = options;
  const parts = slotNames(grammar).filter((slot) => slots[slot] !== undefined);
  const queues = rng.shuffle(parts).map((part) => rng.shuffle(alternatives(slots, part, grammar)).filter(accept));
  return takeTurns(queues).slice(0, n);
}

function alternatives(slots: Slots, part: SlotName, grammar: Grammar): Slots[] {
  return valuesOf(part, grammar)
    .filter((value) => value !== slots[part])
    .map((value): Slots => ({ ...slots, [part]: value }));
}
