// Edits of a prompt that no grammar made: words that are found in it, each exchanged for another of its list. "A red car next
// to a tree" becomes "A blue car next to a tree" or "A red car behind a tree".

import type { Random } from '../../util/random.ts';
import { startsWithVowel } from './grammar.ts';
import { takeTurns } from './turns.ts';
import type { Entry } from './word-lists.ts';

/** A known word in a text. */
export interface FoundWord {
  readonly entry: Entry;
  readonly start: number;
  readonly end: number;
}

/** The known words of a text from left to right, the longest first where they overlap; whole words, in any letter case. */
export function findWords(text: string, entries: readonly Entry[]): FoundWord[] {
  const bySpelling = new Map(entries.flatMap((entry) => entry.spellings.map((spelling) => [spelling, entry] as const)));
  const spellings = [...bySpelling.keys()].sort((a, b) => b.length - a.length);
  if (spellings.length === 0) return [];
  const any = spellings.map((spelling) => escapePattern(spelling).replaceAll(' ', '\\s+')).join('|');
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}])(?:${any})(?![\\p{L}\\p{N}])`, 'giu');
  return [...text.matchAll(pattern)].map(({ 0: found, index }) => ({
    entry: bySpelling.get(found.toLowerCase().replace(/\s+/g, ' '))!,
    start: index,
    end: index + found.length,
  }));
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\-]/g, '\\$&');
}

/**
 * Up to `n` texts that each differ from `text` in one known word. They are distinct, and the words take turns, so that few
 * edits still cover every word. Those that `accept` answers with false are left out.
 *
 * @example
 * editText('a red car', joinLists({}), 2, random(1), () => true); // such as ['a blue car', 'an orange car']
 */
export function editText(
  text: string,
  entries: readonly Entry[],
  n: number,
  rng: Random,
  accept: (edited: string) => boolean,
): string[] {
  const found = rng.shuffle(findWords(text, entries));
  const queues = found.map((word) => {
    const others = entries.filter((entry) => entry.list === word.entry.list && entry !== word.entry);
    return rng
      .shuffle(others)
      .map(({ spellings }) => exchange(text, word, spellings[0]!))
      .filter(accept);
  });
  return [...new Set(takeTurns(queues))].filter((edited) => edited !== text).slice(0, n);
}

/** The text with another word, its capital kept and "a" or "an" before it made right. */
function exchange(text: string, { start, end }: FoundWord, word: string): string {
  const first = text[start]!;
  const capital = first !== first.toLowerCase();
  const replacement = capital ? `${word[0]!.toUpperCase()}${word.slice(1)}` : word;
  const before = text.slice(0, start).replace(/\b(a)n?(\s+)$/i, (_, a: string, space: string) => {
    const letter = a === 'A' ? 'A' : 'a';
    return `${letter}${startsWithVowel(word) ? 'n' : ''}${space}`;
  });
  return `${before}${replacement}${text.slice(end)}`;
}
