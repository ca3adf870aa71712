// Which prompts the stages may see, and which are kept for evaluation. Held out are whole prompts of every category,
// and for each subject one color that it is never asked to have in any seen prompt.

import { random } from '../../util/random.ts';
import { enumeratePrompts } from './enumerate.ts';
import type { Category, Grammar, Slots } from './grammar.ts';
import { CATEGORIES, COUNTS } from './grammar.ts';
import { formatPrompt } from './prompt-text.ts';
import { worldGrammar } from './world-grammar.ts';

/** Prompts by category. */
export type PromptPool = Readonly<Record<Category, readonly Slots[]>>;

export interface PromptSplit {
  readonly seen: PromptPool;
  readonly unseen: PromptPool;
  /** The color that each subject never has in a seen prompt. */
  readonly heldOutColors: ReadonlyMap<string, string>;
}

export interface SplitOptions {
  readonly grammar?: Grammar;
  readonly seed?: number;
  /** Share of the combinations without a held-out pairing that are held out as well, 0 to 1. */
  readonly heldOutShare?: number;
}

/**
 * Parts all prompts into seen and unseen, the same for the same options. For each subject, one count prompt, one
 * background prompt and one color are held out; of the combinations, all with a held-out color and `heldOutShare`
 * of the others.
 */
export function splitPrompts({ grammar = worldGrammar, seed = 0, heldOutShare = 0.2 }: SplitOptions = {}): PromptSplit {
  const subjects = grammar.subjects.map(({ singular }) => singular);
  const assign = <T>(name: string, values: readonly T[]): Map<string, T> => {
    const order = random(seed, 'prompt-split', name).shuffle(values);
    return new Map(subjects.map((subject, i) => [subject, order[i % order.length]!]));
  };
  const heldOutColors = assign('color', grammar.colors);
  const heldOutCounts = assign('count', COUNTS);
  const heldOutBackgrounds = assign(
    'background',
    grammar.backgrounds.map(({ name }) => name),
  );
  const hasHeldOutColor = ({ subject, color }: Slots) => heldOutColors.get(subject) === color;

  const others = enumeratePrompts('combination', grammar).filter((slots) => !hasHeldOutColor(slots));
  const drawn = random(seed, 'prompt-split', 'combination').shuffle(
    others.map((slots) => formatPrompt(slots, grammar)),
  );
  const heldOutCombinations = new Set(drawn.slice(0, Math.round(others.length * heldOutShare)));

  const isUnseen: Record<Category, (slots: Slots) => boolean> = {
    count: ({ subject, count }) => heldOutCounts.get(subject) === count,
    color: hasHeldOutColor,
    background: ({ subject, background }) => heldOutBackgrounds.get(subject) === background,
    combination: (slots) => hasHeldOutColor(slots) || heldOutCombinations.has(formatPrompt(slots, grammar)),
  };
  const pool = (unseen: boolean): PromptPool => {
    const prompts = (category: Category) =>
      enumeratePrompts(category, grammar).filter((slots) => isUnseen[category](slots) === unseen);
    return Object.fromEntries(CATEGORIES.map((category) => [category, prompts(category)])) as Record<Category, Slots[]>;
  };
  return { seen: pool(false), unseen: pool(true), heldOutColors };
}

/**
 * A test for prompts that must not reach any stage before evaluation: those of `split.unseen`, and any other prompt
 * with a held-out pairing of subject and color.
 *
 * @example
 * const heldOut = heldOutTest(splitPrompts());
 * editPrompts(slots, 10, rng, { accept: (edited) => !heldOut(edited) });
 */
export function heldOutTest({ unseen, heldOutColors }: PromptSplit): (slots: Slots) => boolean {
  const keys = new Set(CATEGORIES.flatMap((category) => unseen[category].map(slotsKey)));
  return (slots) => {
    const pairing = slots.color !== undefined && heldOutColors.get(slots.subject) === slots.color;
    return pairing || keys.has(slotsKey(slots));
  };
}

function slotsKey({ count, color = '', subject, background = '' }: Slots): string {
  return [count, color, subject, background].join('|');
}
