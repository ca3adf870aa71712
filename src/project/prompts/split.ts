// Which prompts of a grammar the stages may see, and which are kept for evaluation: by its rule whole subjects, for each
// subject one value of a slot that it is never asked to have in any seen prompt, single prompts, and a share of the rest.

import { random } from '../../util/random.ts';
import { enumeratePrompts } from './enumerate.ts';
import type { Grammar, HeldOutRule, SlotName, Slots } from './grammar.ts';
import { assignValues, hasPairing, type KeptPrompts, type PromptPool } from './held-out.ts';
import { drawPool } from './pool.ts';
import { formatPrompt } from './prompt-text.ts';
import { type Pattern, readPatterns } from './template.ts';
import { worldGrammar } from './world-grammar.ts';

export interface PromptPools extends KeptPrompts {
  readonly seen: PromptPool;
}

export interface SplitOptions {
  readonly grammar?: Grammar;
  /** Of the draws; default that of the grammar's rule, or 0. */
  readonly seed?: number;
  /** Overrides the share of the grammar's rule, 0 to 1. */
  readonly heldOutShare?: number;
}

/**
 * What a grammar holds out that does not say: of color, each subject's pairing with one; of other slots one prompt a
 * subject where nothing else varies; of the rest a fifth.
 */
export function defaultRule(grammar: Grammar): HeldOutRule {
  const varied = new Set(readPatterns(grammar).flatMap((pattern) => pattern.varied));
  const pairings = varied.has('color') ? ['color'] : [];
  return { subjects: 0, pairings, singles: [...varied].filter((slot) => !pairings.includes(slot)), share: 0.2 };
}

/**
 * Parts all prompts into seen and unseen, the same for the same options. Prompts that name a held-out subject or pairing
 * are unseen in every category; singles are in those that vary their slot alone; and the share is drawn in each category
 * that varies more than that. A rule with a pool draws all but the subjects by the pool's own seed; see `drawPool`.
 */
export function splitPrompts({ grammar = worldGrammar, seed, heldOutShare }: SplitOptions = {}): PromptPools {
  const rule = grammar.heldOut ?? defaultRule(grammar);
  const stream = (name: string) => random(seed ?? rule.seed ?? 0, 'prompt-split', name);
  const subjects = grammar.subjects.map(({ singular }) => singular);
  const assign = (slot: SlotName) => assignValues(grammar, slot, stream(slot));
  const chosen =
    typeof rule.subjects === 'number' ? stream('subject').shuffle(subjects).slice(0, rule.subjects) : rule.subjects;
  const heldOutSubjects = new Set(chosen);
  if (rule.pool) return splitPool(grammar, { ...rule, pool: rule.pool }, heldOutSubjects);
  const heldOutPairings = new Map(rule.pairings.map((slot) => [slot, assign(slot)]));
  const singles = new Map(rule.singles.map((slot) => [slot, assign(slot)]));
  const isKept = (slots: Slots) => heldOutSubjects.has(slots.subject) || hasPairing(slots, heldOutPairings);

  const decideUnseen = (pattern: Pattern, prompts: readonly Slots[]): ((slots: Slots) => boolean) => {
    const [only, ...more] = pattern.varied;
    const single = more.length === 0 && only !== undefined ? singles.get(only) : undefined;
    if (single) return (slots) => isKept(slots) || single.get(slots.subject) === slots[only!];
    if (more.length === 0 && only !== undefined && heldOutPairings.has(only)) return isKept;
    const others = prompts.filter((slots) => !isKept(slots)).map((slots) => formatPrompt(slots, grammar));
    const drawn = stream(pattern.category).shuffle(others);
    const share = new Set(drawn.slice(0, Math.round(others.length * (heldOutShare ?? rule.share))));
    return (slots) => isKept(slots) || share.has(formatPrompt(slots, grammar));
  };
  const parts = readPatterns(grammar).map((pattern) => {
    const prompts = enumeratePrompts(pattern.category, grammar);
    const isUnseen = decideUnseen(pattern, prompts);
    const part = (unseen: boolean) => prompts.filter((slots) => isUnseen(slots) === unseen);
    return { category: pattern.category, seen: part(false), unseen: part(true) };
  });
  const pool = (which: 'seen' | 'unseen'): PromptPool =>
    Object.fromEntries(parts.map(({ category, [which]: prompts }) => [category, prompts]));
  return { seen: pool('seen'), unseen: pool('unseen'), heldOutSubjects, heldOutPairings };
}

/** Seen is what is neither of the pool nor about a held-out subject; what is about one and not of the pool is for nobody. */
function splitPool(
  grammar: Grammar,
  rule: Parameters<typeof drawPool>[1],
  heldOutSubjects: ReadonlySet<string>,
): PromptPools {
  const { pairings: heldOutPairings, ...kept } = drawPool(grammar, rule);
  const seen = Object.entries(kept.unseen).map(([category, unseen]) => {
    const pool = new Set([...unseen, ...kept.development[category]!].map((slots) => formatPrompt(slots, grammar)));
    const isSeen = (slots: Slots) => !heldOutSubjects.has(slots.subject) && !pool.has(formatPrompt(slots, grammar));
    return [category, enumeratePrompts(category, grammar).filter(isSeen)] as const;
  });
  return { seen: Object.fromEntries(seen), ...kept, heldOutSubjects, heldOutPairings };
}
