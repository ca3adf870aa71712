// All prompts of a category, in a fixed order.

import type { Category, Grammar, SlotName, Slots } from './grammar.ts';
import { countsOf, wordsOf } from './grammar.ts';
import { type Pattern, readPatterns } from './template.ts';
import { worldGrammar } from './world-grammar.ts';

/**
 * Every prompt of a category, each once; none for a category that the grammar lacks. Combinations of the embedded world
 * name all four parts, and counts include one ("a dog").
 *
 * @example
 * enumeratePrompts('color').length; // 36: 6 subjects by 6 colors
 */
export function enumeratePrompts(category: Category, grammar: Grammar = worldGrammar): Slots[] {
  const pattern = readPatterns(grammar).find((candidate) => candidate.category === category);
  if (pattern === undefined) return [];
  const lists = pattern.varied.map((slot) => valuesOf(slot, grammar));
  return grammar.subjects.flatMap(({ singular }) =>
    combine(lists).map((values) => {
      const given = new Map(pattern.varied.map((slot, i) => [slot, values[i]!]));
      const read = (slot: SlotName) => (slot === 'subject' ? singular : (given.get(slot) ?? 1));
      return Object.fromEntries(pattern.slots.map((slot) => [slot, read(slot)])) as unknown as Slots;
    }),
  );
}

/** How many prompts a pattern makes. */
export function countPrompts({ varied }: Pattern, grammar: Grammar): number {
  return varied.reduce((all, slot) => all * valuesOf(slot, grammar).length, grammar.subjects.length);
}

/** What may stand in a slot: counts as numbers, all else by name. */
export function valuesOf(slot: SlotName, grammar: Grammar): (string | number)[] {
  if (slot === 'count') return countsOf(grammar);
  return slot === 'subject'
    ? grammar.subjects.map(({ singular }) => singular)
    : wordsOf(grammar, slot).map(({ name }) => name);
}

/** One of each list, the last list innermost. */
function combine<T>(lists: readonly (readonly T[])[]): T[][] {
  return lists.reduce<T[][]>((rows, list) => rows.flatMap((row) => list.map((value) => [...row, value])), [[]]);
}
