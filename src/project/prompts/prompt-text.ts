// Slots to text and back: "two green dogs in a city". Nothing is guessed: a prompt that the grammar cannot have made
// is refused with the words that it could have meant.

import { CollimateError } from '../../util/errors.ts';
import type { Count, Grammar, SlotName, Slots } from './grammar.ts';
import { countsOf, grammarWords, startsWithVowel, wordsOf } from './grammar.ts';
import { nearestWords } from './nearest-words.ts';
import { findPattern, type Pattern, readPatterns, templatesOf } from './template.ts';
import { worldGrammar } from './world-grammar.ts';

/**
 * The text of a prompt.
 *
 * @throws CollimateError PROMPT where a slot holds a name that the grammar lacks, or no template has these slots.
 * @example
 * formatPrompt({ count: 2, color: 'green', subject: 'dog', background: 'city' }); // 'two green dogs in a city'
 */
export function formatPrompt(slots: Slots, grammar: Grammar = worldGrammar): string {
  const { parts } = findPattern(slots, grammar);
  const phrases = parts.map((part) => part.literal ?? phraseOf(part.slot!, slots, grammar));
  return phrases
    .map((phrase, i) => {
      const leads = parts[i]!.slot === 'count' && phrase === 'a' && startsWithVowel(phrases[i + 1] ?? '');
      return leads ? 'an' : phrase;
    })
    .join(' ');
}

function phraseOf(slot: SlotName, slots: Slots, grammar: Grammar): string {
  const value = slots[slot]!;
  if (slot === 'count') return grammar.countWords[Number(value) - 1] ?? refuseName(slot, value, grammar);
  if (slot === 'subject') {
    const names = grammar.subjects.find(({ singular }) => singular === value);
    return names === undefined ? refuseName(slot, value, grammar) : slots.count === 1 ? names.singular : names.plural;
  }
  return wordsOf(grammar, slot).find(({ name }) => name === value)?.phrase ?? refuseName(slot, value, grammar);
}

/**
 * The slots of a prompt; letter case and extra spaces do not matter.
 *
 * @throws CollimateError PROMPT where a word is unknown, missing, or in the wrong place.
 * @example
 * parsePrompt('three fish on a beach'); // { count: 3, subject: 'fish', background: 'beach' }
 */
export function parsePrompt(text: string, grammar: Grammar = worldGrammar): Slots {
  const words = splitWords(text);
  refuseUnknownWords(text, words, grammar);
  const failures: Failure[] = [];
  const slots = readPrompt(words, grammar, failures);
  if (slots) return slots;
  throw misplaced(text, failures, grammar);
}

function splitWords(text: string): string[] {
  return text.toLowerCase().split(/\s+/).filter(Boolean);
}

function readPrompt(words: readonly string[], grammar: Grammar, failures: Failure[]): Slots | undefined {
  for (const pattern of readPatterns(grammar)) {
    const slots = readParts(pattern, 0, {}, words.join(' '), grammar, failures);
    if (slots) return slots;
  }
  return undefined;
}

/** The slots of a prompt, or undefined for a text that the grammar cannot have made. */
export function tryParsePrompt(text: string, grammar: Grammar): Slots | undefined {
  const words = splitWords(text);
  return findUnknownWord(words, grammar) === undefined ? readPrompt(words, grammar, []) : undefined;
}

const vocabularies = new WeakMap<Grammar, ReadonlySet<string>>();

function findUnknownWord(words: readonly string[], grammar: Grammar): string | undefined {
  const known = vocabularies.get(grammar) ?? new Set([...grammarWords(grammar), 'an']);
  vocabularies.set(grammar, known);
  return words.find((word) => !known.has(word));
}

/** Where a reading got stuck: what is left of the text, and what would have gone on. */
interface Failure {
  readonly rest: string;
  /** Undefined for the end. */
  readonly slot: SlotName | undefined;
  readonly expected: readonly string[];
}

interface Choice {
  readonly phrase: string;
  readonly value: string | number | undefined;
}

/** The slots from part `at` on, the first that fit; longer phrases are tried first, so that "light blue" is before "light". */
function readParts(
  pattern: Pattern,
  at: number,
  found: Record<SlotName, string | number>,
  rest: string,
  grammar: Grammar,
  failures: Failure[],
): Slots | undefined {
  const part = pattern.parts[at];
  if (part === undefined) {
    if (rest === '') return found as unknown as Slots;
    failures.push({ rest, slot: undefined, expected: [] });
    return undefined;
  }
  const choices = listChoices(part, found.count as Count | undefined, grammar);
  const fitting = choices
    .filter(({ phrase }) => rest === phrase || rest.startsWith(`${phrase} `))
    .sort((a, b) => b.phrase.length - a.phrase.length);
  if (fitting.length === 0)
    failures.push({ rest, slot: part.slot ?? 'literal', expected: choices.map(({ phrase }) => phrase) });
  for (const { phrase, value } of fitting) {
    const next = part.slot === undefined ? found : { ...found, [part.slot]: value! };
    const slots = readParts(pattern, at + 1, next, rest.slice(phrase.length + 1), grammar, failures);
    if (slots) return slots;
  }
  return undefined;
}

function listChoices(
  { literal, slot }: Pattern['parts'][number],
  count: Count | undefined,
  grammar: Grammar,
): readonly Choice[] {
  if (literal !== undefined) return [{ phrase: literal, value: undefined }];
  if (slot === 'count') {
    const words = countsOf(grammar).map((value) => ({ phrase: grammar.countWords[value - 1]!, value }));
    return grammar.countWords[0] === 'a' ? [...words, { phrase: 'an', value: 1 }] : words;
  }
  if (slot === 'subject') {
    // Before the count is known, as in "{subject}, {count} of them", either form may stand.
    const forms = grammar.subjects.flatMap(({ singular, plural }) => [
      ...(count === undefined || count === 1 ? [{ phrase: singular, value: singular }] : []),
      ...(count === undefined || count > 1 ? [{ phrase: plural, value: singular }] : []),
    ]);
    return forms;
  }
  return wordsOf(grammar, slot).map(({ name, phrase }) => ({ phrase, value: name }));
}

function refuseUnknownWords(text: string, words: readonly string[], grammar: Grammar): void {
  const unknown = findUnknownWord(words, grammar);
  if (unknown === undefined) return;
  const all = grammarWords(grammar);
  throw new CollimateError(
    'PROMPT',
    `prompt "${text}": unknown word "${unknown}"; the nearest known words are ${nearestWords(unknown, all).join(', ')}`,
    `Use a word of the project's grammar (${all.join(', ')}), or add the word to the grammar in the project config.`,
  );
}

/** Of all templates the one that read furthest says what it missed; a subject before anything else, since all need one. */
function misplaced(text: string, failures: readonly Failure[], grammar: Grammar): CollimateError {
  const least = Math.min(...failures.map(({ rest }) => rest.length));
  const nearest = failures.filter(({ rest }) => rest.length === least);
  const subject = nearest.find(({ slot }) => slot === 'subject');
  const options = [...new Set((subject ? [subject] : nearest).flatMap(({ expected }) => expected))];
  const ends = subject === undefined && nearest.some(({ slot }) => slot === undefined);
  const shown = options.filter((phrase) => phrase !== 'an');
  const expected =
    shown.length === 0
      ? 'the end'
      : ends
        ? `the end or one of ${shown.map((phrase) => `"${phrase}"`).join(', ')}`
        : `one of ${shown.join(', ')}`;
  const { rest } = nearest[0]!;
  const found = rest === '' ? 'the prompt ends' : `found "${rest}"`;
  return new CollimateError('PROMPT', `prompt "${text}": expected ${expected}, but ${found}`, exampleHint(grammar));
}

function exampleHint(grammar: Grammar): string {
  const pattern = readPatterns(grammar).at(-1)!;
  const template = templatesOf(grammar)[pattern.category]!;
  const slots = Object.fromEntries(pattern.slots.map((slot) => [slot, firstValue(slot, grammar)]));
  return `Write it as ${template}, such as "${formatPrompt(slots as unknown as Slots, grammar)}".`;
}

function firstValue(slot: SlotName, grammar: Grammar): string | number {
  if (slot === 'count') return Math.min(2, grammar.countWords.length);
  return slot === 'subject' ? grammar.subjects[0]!.singular : wordsOf(grammar, slot)[0]!.name;
}

function refuseName(slot: SlotName, value: string | number, grammar: Grammar): never {
  const known =
    {
      count: countsOf(grammar).map(String),
      subject: grammar.subjects.map(({ singular }) => singular),
    }[slot as 'count' | 'subject'] ?? wordsOf(grammar, slot).map(({ name }) => name);
  throw new CollimateError(
    'PROMPT',
    `prompt: unknown ${slot} "${value}"; the nearest known are ${nearestWords(String(value), known).join(', ')}`,
    `Use one of ${known.join(', ')}, or add it to the grammar in the project config.`,
  );
}
