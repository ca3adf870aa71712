// What is held out of a grammar's prompts, as sets, and the test for a prompt of them.

import type { Random } from '../../util/random.ts';
import { valuesOf } from './enumerate.ts';
import type { Category, Grammar, SlotName, Slots } from './grammar.ts';

/** Prompts by category. */
export type PromptPool = Readonly<Record<Category, readonly Slots[]>>;

/** By slot: the value that each subject never has in a seen prompt. */
export type Pairings = ReadonlyMap<SlotName, ReadonlyMap<string, string | number>>;

export interface KeptPrompts {
  readonly unseen: PromptPool;
  /** Prompts apart from both, by which settings are chosen, where the grammar keeps some of the unseen kind. */
  readonly development?: PromptPool;
  /** Subjects that no seen prompt names. */
  readonly heldOutSubjects: ReadonlySet<string>;
  readonly heldOutPairings: Pairings;
}

/** One value of a slot for each subject, in turn of a shuffled list. */
export function assignValues(grammar: Grammar, slot: SlotName, rng: Random): Map<string, string | number> {
  const order = rng.shuffle(valuesOf(slot, grammar));
  return new Map(grammar.subjects.map(({ singular }, i) => [singular, order[i % order.length]!]));
}

export function hasPairing(slots: Slots, pairings: Pairings): boolean {
  return [...pairings].some(([slot, values]) => slots[slot] !== undefined && values.get(slots.subject) === slots[slot]);
}

/**
 * A test for prompts that must not reach any stage before evaluation: those of `split.unseen` and `split.development`,
 * and any other prompt with a held-out subject or pairing.
 *
 * @example
 * const heldOut = heldOutTest(splitPrompts());
 * editPrompts(slots, 10, rng, { accept: (edited) => !heldOut(edited) });
 */
export function heldOutTest({
  unseen,
  development = {},
  heldOutSubjects,
  heldOutPairings,
}: KeptPrompts): (slots: Slots) => boolean {
  const kept = [...Object.values(unseen), ...Object.values(development)];
  const keys = new Set(kept.flatMap((prompts) => prompts.map(slotsKey)));
  return (slots) =>
    heldOutSubjects.has(slots.subject) || hasPairing(slots, heldOutPairings) || keys.has(slotsKey(slots));
}

function slotsKey(slots: Slots): string {
  const named = Object.keys(slots).filter((slot) => slots[slot] !== undefined);
  return named
    .sort()
    .map((slot) => `${slot}=${slots[slot]}`)
    .join('|');
}
