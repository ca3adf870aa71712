// Slots to text and back: "two green dogs in a city". Nothing is guessed: a prompt that the grammar cannot have made
// is refused with the words that it could have meant.

import { CollimateError } from '../../util/errors.ts';
import type { Count, Grammar, Slots } from './grammar.ts';
import { COUNTS, grammarWords, makeSlots, startsWithVowel } from './grammar.ts';
import { nearestWords } from './nearest-words.ts';
import { worldGrammar } from './world-grammar.ts';

/**
 * The text of a prompt.
 *
 * @throws CollimateError PROMPT where a slot holds a name that the grammar lacks.
 * @example
 * formatPrompt({ count: 2, color: 'green', subject: 'dog', background: 'city' }); // 'two green dogs in a city'
 */
export function formatPrompt({ count, color, subject, background }: Slots, grammar: Grammar = worldGrammar): string {
  const names = grammar.subjects.find(({ singular }) => singular === subject);
  if (names === undefined) throw unknownName('subject', subject, grammar);
  if (color !== undefined && !grammar.colors.includes(color)) throw unknownName('color', color, grammar);
  const place = grammar.backgrounds.find(({ name }) => name === background);
  if (background !== undefined && place === undefined) throw unknownName('background', background, grammar);

  const things = [...(color === undefined ? [] : [color]), count === 1 ? names.singular : names.plural];
  return [countWord(count, things[0]!, grammar), ...things, ...(place === undefined ? [] : [place.phrase])].join(' ');
}

function countWord(count: Count, next: string, { countWords }: Grammar): string {
  const word = countWords[count - 1]!;
  return word === 'a' && startsWithVowel(next) ? 'an' : word;
}

/**
 * The slots of a prompt; letter case and extra spaces do not matter.
 *
 * @throws CollimateError PROMPT where a word is unknown, missing, or in the wrong place.
 * @example
 * parsePrompt('three fish on a beach'); // { count: 3, subject: 'fish', background: 'beach' }
 */
export function parsePrompt(text: string, grammar: Grammar = worldGrammar): Slots {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  refuseUnknownWords(text, words, grammar);
  let rest = words.join(' ');
  const take = (phrase: string): boolean => {
    if (rest !== phrase && !rest.startsWith(`${phrase} `)) return false;
    rest = rest.slice(phrase.length + 1);
    return true;
  };

  const { countWords, colors, subjects, backgrounds } = grammar;
  const count = COUNTS.find((n) => take(countWords[n - 1]!) || (n === 1 && countWords[0] === 'a' && take('an')));
  if (count === undefined) throw misplaced(text, rest, `one of ${countWords.join(', ')}`, grammar);
  const color = longestFirst(colors, (name) => name).find(take);
  const form = (names: (typeof subjects)[number]) => (count === 1 ? names.singular : names.plural);
  const subject = longestFirst(subjects, form).find((names) => take(form(names)));
  if (subject === undefined) throw misplaced(text, rest, `one of ${subjects.map(form).join(', ')}`, grammar);
  const background = longestFirst(backgrounds, ({ phrase }) => phrase).find(({ phrase }) => take(phrase));
  if (rest !== '') throw misplaced(text, rest, expectedEnd(background !== undefined, grammar), grammar);
  return makeSlots(count, color, subject.singular, background?.name);
}

/** So that "light blue" is tried before "light". */
function longestFirst<T>(items: readonly T[], length: (item: T) => string): T[] {
  return items.toSorted((a, b) => length(b).length - length(a).length);
}

function expectedEnd(complete: boolean, { backgrounds }: Grammar): string {
  return complete ? 'the end' : `the end or one of ${backgrounds.map(({ phrase }) => `"${phrase}"`).join(', ')}`;
}

function refuseUnknownWords(text: string, words: readonly string[], grammar: Grammar): void {
  const known = grammarWords(grammar);
  const unknown = words.find((word) => !known.includes(word) && word !== 'an');
  if (unknown === undefined) return;
  throw new CollimateError(
    'PROMPT',
    `prompt "${text}": unknown word "${unknown}"; the nearest known words are ${nearestWords(unknown, known).join(', ')}`,
    `Use a word of the project's grammar (${known.join(', ')}), or add the word to the grammar in the project config.`,
  );
}

function misplaced(text: string, rest: string, expected: string, grammar: Grammar): CollimateError {
  const found = rest === '' ? 'the prompt ends' : `found "${rest}"`;
  return new CollimateError('PROMPT', `prompt "${text}": expected ${expected}, but ${found}`, exampleHint(grammar));
}

function exampleHint(grammar: Grammar): string {
  const example = makeSlots(2, grammar.colors[0], grammar.subjects[0]!.singular, grammar.backgrounds[0]!.name);
  return `Write it as count, color, subject, place, such as "${formatPrompt(example, grammar)}".`;
}

function unknownName(slot: 'subject' | 'color' | 'background', name: string, grammar: Grammar): CollimateError {
  const known = {
    subject: grammar.subjects.map(({ singular }) => singular),
    color: [...grammar.colors],
    background: grammar.backgrounds.map((background) => background.name),
  }[slot];
  return new CollimateError(
    'PROMPT',
    `prompt: unknown ${slot} "${name}"; the nearest known are ${nearestWords(name, known).join(', ')}`,
    `Use one of ${known.join(', ')}, or add it to the grammar in the project config.`,
  );
}
