// The vocabulary and the slots that prompts are made of. Text lives in prompt-text.ts; the words of the embedded
// world live in world-grammar.ts, and a project's config may supply others.

import { CollimateError } from '../../util/errors.ts';

/** How many equal subjects a prompt asks for. */
export type Count = 1 | 2 | 3 | 4;

/** The four prompt categories of (Lee et al., 2023). */
export type Category = 'count' | 'color' | 'background' | 'combination';

/** The parts of a prompt that can be edited. */
export type SlotName = 'count' | 'color' | 'subject' | 'background';

/** What a prompt asks for. A missing color or background is free; "a" means exactly one, so the count never is. */
export interface Slots {
  readonly count: Count;
  readonly color?: string;
  readonly subject: string;
  readonly background?: string;
}

/** A vocabulary. Names are lower case; a subject is named by its singular. */
export interface Grammar {
  readonly subjects: readonly { readonly singular: string; readonly plural: string }[];
  readonly colors: readonly string[];
  /** `phrase` is what the prompt says: `{ name: 'city', phrase: 'in a city' }`. */
  readonly backgrounds: readonly { readonly name: string; readonly phrase: string }[];
  /** `countWords[count - 1]`: such as a, two, three, four. A first word "a" becomes "an" before a vowel. */
  readonly countWords: readonly [string, string, string, string];
}

export const COUNTS: readonly Count[] = [1, 2, 3, 4];
export const CATEGORIES: readonly Category[] = ['count', 'color', 'background', 'combination'];

/**
 * The category of a prompt: one part named beside the subject gives that part's name, more give `combination`.
 *
 * @example
 * categoryOf({ count: 1, color: 'green', subject: 'dog' }); // 'color'
 * categoryOf({ count: 2, color: 'green', subject: 'dog' }); // 'combination'
 */
export function categoryOf({ count, color, background }: Slots): Category {
  const named: Category[] = [];
  if (color !== undefined) named.push('color');
  if (background !== undefined) named.push('background');
  if (count > 1 || named.length === 0) named.push('count');
  return named.length === 1 ? named[0]! : 'combination';
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

/** Every single word that a prompt of this grammar may contain, sorted. */
export function grammarWords(grammar: Grammar): string[] {
  const phrases = [
    ...grammar.countWords,
    ...grammar.colors,
    ...grammar.subjects.flatMap(({ singular, plural }) => [singular, plural]),
    ...grammar.backgrounds.map(({ phrase }) => phrase),
  ];
  const words = phrases.flatMap((phrase) => phrase.split(' '));
  const needsAn = [...grammar.colors, ...grammar.subjects.map(({ singular }) => singular)].some(startsWithVowel);
  if (grammar.countWords[0] === 'a' && needsAn) words.push('an');
  return [...new Set(words)].sort();
}

export function startsWithVowel(word: string): boolean {
  return /^[aeiou]/.test(word);
}

/**
 * Refuses a vocabulary whose prompts could not be told apart or edited.
 *
 * @throws CollimateError CONFIG where a list has fewer than two entries, a word is not lower case, or one occurs twice.
 */
export function checkGrammar(grammar: Grammar): void {
  const lists = {
    subjects: grammar.subjects.map(({ singular }) => singular),
    colors: grammar.colors,
    backgrounds: grammar.backgrounds.map(({ name }) => name),
    'background phrases': grammar.backgrounds.map(({ phrase }) => phrase),
    countWords: grammar.countWords,
  };
  for (const [name, entries] of Object.entries(lists)) {
    if (entries.length < 2) throw badGrammar(`${name} has ${entries.length} entries, expected at least 2`);
  }
  const plurals = grammar.subjects.map(({ plural }) => plural);
  const spoken = [...lists.colors, ...lists['background phrases'], ...lists.countWords];
  for (const words of [[...spoken, ...lists.subjects], [...spoken, ...plurals], lists.backgrounds]) checkWords(words);
}

function checkWords(words: readonly string[]): void {
  const seen = new Set<string>();
  for (const word of words) {
    if (!/^[a-z'-]+( [a-z'-]+)*$/.test(word)) throw badGrammar(`"${word}" is not made of lower-case words`);
    if (seen.has(word)) throw badGrammar(`"${word}" occurs twice`);
    seen.add(word);
  }
}

function badGrammar(problem: string): CollimateError {
  return new CollimateError('CONFIG', `prompt grammar: ${problem}`, 'Correct the vocabulary in the project config.');
}
