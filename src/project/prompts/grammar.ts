// The vocabulary and the slots that prompts are made of. How words become text lives in template.ts and prompt-text.ts; the
// words of the embedded world in world-grammar.ts, those of the paper's size in paper-grammar.ts; a project may bring its own.

import { CollimateError } from '../../util/errors.ts';
import { findPattern, makesPrompt, readPatterns } from './template.ts';
import { worldGrammar } from './world-grammar.ts';

/** How many equal subjects a prompt asks for, from 1. */
export type Count = number;

/** The name of a template: `count`, `color`, `background` and `combination` of (Lee et al., 2023), or one's own. */
export type Category = string;

/** A part of a prompt that can be edited: `count`, `subject`, `color`, `background`, or a slot of one's own. */
export type SlotName = string;

/** What a prompt asks for. A missing color or background is free; "a" means exactly one, so the count never is. */
export interface Slots {
  readonly count: Count;
  readonly color?: string;
  readonly subject: string;
  readonly background?: string;
  readonly [slot: SlotName]: string | number | undefined;
}

/** A word by its name, and what the prompt says: `{ name: 'city', phrase: 'in a city' }`. */
export interface Word {
  readonly name: string;
  readonly phrase: string;
}

/** Which prompts are kept from every stage before evaluation. */
export interface HeldOutRule {
  /** Of the draws; without one, the seed of the project. A model that was trained without some prompts fixes it. */
  readonly seed?: number;
  /** Whole subjects, by name or by how many are drawn: every prompt that names one is unseen. */
  readonly subjects: number | readonly string[];
  /** Slots of which each subject has one value that no seen prompt pairs it with. */
  readonly pairings: readonly SlotName[];
  /** Slots of which each subject has one value held out where nothing else varies. */
  readonly singles: readonly SlotName[];
  /** Share of the remaining prompts of every category that no slot above decides, 0 to 1. */
  readonly share: number;
  /**
   * Where models that ship were trained without some prompts: the seed by which pairings and share are drawn, whatever that
   * of the project is. Half of what is drawn is for choosing settings and half unseen; see `drawPool`.
   */
  readonly pool?: { readonly seed: number };
}

/** A vocabulary. Names are lower case; a subject is named by its singular. */
export interface Grammar {
  readonly subjects: readonly { readonly singular: string; readonly plural: string }[];
  readonly colors: readonly string[];
  readonly backgrounds: readonly Word[];
  /** `countWords[count - 1]`: such as a, two, three, four. A first word "a" becomes "an" before a vowel. */
  readonly countWords: readonly string[];
  /** Slots beside the four above, such as material, size or relation. */
  readonly slots?: Readonly<Record<SlotName, readonly Word[]>>;
  /** By category, such as `{ color: '{a} {color} {subject}' }`; by default those of the paper for which there are words. */
  readonly templates?: Readonly<Record<Category, string>>;
  readonly heldOut?: HeldOutRule;
}

/** The categories of the embedded worlds. A project's own are `categoriesOf` its grammar. */
export const CATEGORIES: readonly Category[] = ['count', 'color', 'background', 'combination'];

/** Where a prompt belongs that varies more than the template that it reads like. */
const MIXED = 'combination';

/** 1, 2, … as far as the grammar has words. */
export function countsOf({ countWords }: Grammar): Count[] {
  return countWords.map((_, i) => i + 1);
}

/** The categories of a grammar, in its order. */
export function categoriesOf(grammar: Grammar): Category[] {
  return readPatterns(grammar).map(({ category }) => category);
}

/**
 * The category of a prompt: the template that makes it, or `combination` for one that reads like a template and varies
 * more than that does.
 *
 * @throws CollimateError PROMPT where no template has these slots.
 * @example
 * categoryOf({ count: 1, color: 'green', subject: 'dog' }); // 'color'
 * categoryOf({ count: 2, color: 'green', subject: 'dog' }); // 'combination'
 */
export function categoryOf(slots: Slots, grammar: Grammar = worldGrammar): Category {
  const patterns = readPatterns(grammar);
  const alike = findPattern(slots, grammar);
  const making = patterns.find((pattern) => pattern.key === alike.key && makesPrompt(pattern, slots));
  if (making) return making.category;
  return patterns.some(({ category }) => category === MIXED) ? MIXED : alike.category;
}

/** Slots without keys that are undefined: what comes out of optional parts. */
export function makeSlots(count: Count, color: string | undefined, subject: string, background?: string): Slots {
  return {
    count,
    ...(color === undefined ? {} : { color }),
    subject,
    ...(background === undefined ? {} : { background }),
  };
}

/** The words of a slot that is neither count nor subject. @throws CollimateError CONFIG for a slot that there is none of. */
export function wordsOf(grammar: Grammar, slot: SlotName): readonly Word[] {
  if (slot === 'color') return grammar.colors.map((name) => ({ name, phrase: name }));
  if (slot === 'background') return grammar.backgrounds;
  const words = grammar.slots?.[slot];
  if (words === undefined)
    throw new CollimateError(
      'CONFIG',
      `prompt grammar: there is no slot ${slot}`,
      `Name one of ${slotNames(grammar).join(', ')}, or give it words under prompts.grammar.slots.`,
    );
  return words;
}

/** The slots of a grammar: the four of the paper, then its own. */
export function slotNames({ slots = {} }: Grammar): SlotName[] {
  return ['count', 'subject', 'color', 'background', ...Object.keys(slots)];
}

/** Every single word that a prompt of this grammar may contain, sorted. */
export function grammarWords(grammar: Grammar): string[] {
  const others = slotNames(grammar).slice(2);
  const literals = readPatterns(grammar).flatMap(({ parts }) => parts.flatMap(({ literal }) => literal ?? []));
  const phrases = [
    ...grammar.countWords,
    ...grammar.subjects.flatMap(({ singular, plural }) => [singular, plural]),
    ...others.flatMap((slot) => wordsOf(grammar, slot).map(({ phrase }) => phrase)),
    ...literals,
  ];
  const words = phrases.flatMap((phrase) => phrase.split(' '));
  if (grammar.countWords[0] === 'a' && phrasesAfterCount(grammar).some(startsWithVowel)) words.push('an');
  return [...new Set(words)].sort();
}

function phrasesAfterCount(grammar: Grammar): string[] {
  return readPatterns(grammar).flatMap(({ parts }) => {
    const next = parts[parts.findIndex(({ slot }) => slot === 'count') + 1];
    if (next === undefined) return [];
    if (next.literal !== undefined) return [next.literal];
    if (next.slot === 'subject') return grammar.subjects.map(({ singular }) => singular);
    return wordsOf(grammar, next.slot).map(({ phrase }) => phrase);
  });
}

export function startsWithVowel(word: string): boolean {
  return /^[aeiou]/.test(word);
}
