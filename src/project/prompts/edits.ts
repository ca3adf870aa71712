// The meaning-changing edits of the auxiliary task, prompt classification (Lee et al., 2023, section 3.2):
// "two green dogs" becomes "three green dogs" or "two red dogs", and an image of the first must prefer the first.

import type { Random } from '../../util/random.ts';
import type { Grammar, SlotName, Slots } from './grammar.ts';
import { COUNTS } from './grammar.ts';
import { worldGrammar } from './world-grammar.ts';

export interface EditOptions {
  readonly grammar?: Grammar;
  /** Leaves out edits that it answers with false, such as prompts kept for evaluation. */
  readonly accept?: (edited: Slots) => boolean;
}

/**
 * Up to `n` prompts that each differ from `slots` in exactly one part that `slots` names: its count, color, subject
 * or background. They are distinct, and the parts take turns, so that few edits still cover every part.
 *
 * @example
 * editPrompts({ count: 1, color: 'green', subject: 'dog' }, 3, random(1)).map((s) => formatPrompt(s));
 * // one other count, one other color, one other subject, in an order set by the stream
 */
export function editPrompts(slots: Slots, n: number, rng: Random, options: EditOptions = {}): Slots[] {
  const { grammar = worldGrammar, accept = () => true } = options;
  const queues = rng
    .shuffle(namedParts(slots))
    .map((part) => rng.shuffle(alternatives(slots, part, grammar)).filter(accept));
  const rounds = Math.max(0, ...queues.map((queue) => queue.length));
  const turns = Array.from({ length: rounds }, (_, round) => queues.flatMap((queue) => queue.slice(round, round + 1)));
  return turns.flat().slice(0, n);
}

function namedParts({ color, background }: Slots): SlotName[] {
  const parts: SlotName[] = ['count', 'subject'];
  if (color !== undefined) parts.push('color');
  if (background !== undefined) parts.push('background');
  return parts;
}

function alternatives(slots: Slots, part: SlotName, grammar: Grammar): Slots[] {
  const values = {
    count: COUNTS,
    color: grammar.colors,
    subject: grammar.subjects.map(({ singular }) => singular),
    background: grammar.backgrounds.map(({ name }) => name),
  }[part];
  return values.filter((value) => value !== slots[part]).map((value): Slots => ({ ...slots, [part]: value }));
}
