// The prompts that a model which ships was trained without: a share of every category and each subject's pairing with one
// color, drawn by a seed that no project changes. Half of them are for choosing settings, half for the last word.

import { random } from '../../util/random.ts';
import { enumeratePrompts } from './enumerate.ts';
import type { Category, Grammar, HeldOutRule, SlotName, Slots } from './grammar.ts';
import { assignValues, hasPairing, heldOutTest, type Pairings, type PromptPool } from './held-out.ts';
import { readPatterns } from './template.ts';

export interface KeptPool {
  readonly development: PromptPool;
  readonly unseen: PromptPool;
  readonly pairings: Pairings;
}

/** The pool of a rule that has one, the same for every project. */
export function drawPool(grammar: Grammar, rule: HeldOutRule & Required<Pick<HeldOutRule, 'pool'>>): KeptPool {
  const stream = (name: SlotName | Category) => random(rule.pool.seed, 'prompt-pool', name);
  const pairings: Pairings = new Map(rule.pairings.map((slot) => [slot, assignValues(grammar, slot, stream(slot))]));
  const halves = readPatterns(grammar).map(({ category }) => {
    const prompts = stream(category).shuffle(enumeratePrompts(category, grammar));
    const paired = prompts.filter((slots) => hasPairing(slots, pairings));
    const others = prompts.filter((slots) => !hasPairing(slots, pairings));
    const more = Math.max(0, Math.round(prompts.length * rule.share) - paired.length);
    const pool = stream(`${category} halves`).shuffle([...paired, ...others.slice(0, more)]);
    const half = Math.ceil(pool.length / 2);
    return { category, unseen: pool.slice(0, half), development: pool.slice(half) };
  });
  const part = (which: 'unseen' | 'development'): PromptPool =>
    Object.fromEntries(halves.map(({ category, [which]: prompts }) => [category, prompts]));
  return { development: part('development'), unseen: part('unseen'), pairings };
}

/** The test for prompts that no model which ships may have had as a caption; for a grammar without a pool there are none. */
export function poolTest(grammar: Grammar): (slots: Slots) => boolean {
  const { heldOut } = grammar;
  if (!heldOut?.pool) return () => false;
  const { development, unseen, pairings } = drawPool(grammar, { ...heldOut, pool: heldOut.pool });
  return heldOutTest({ unseen, development, heldOutSubjects: new Set(), heldOutPairings: pairings });
}
