// Refuses vocabularies whose prompts could not be told apart or edited.

import { CollimateError } from '../../util/errors.ts';
import { countPrompts, enumeratePrompts, valuesOf } from './enumerate.ts';
import { type Grammar, slotNames, wordsOf } from './grammar.ts';
import { formatPrompt } from './prompt-text.ts';
import { readPatterns, templatesOf } from './template.ts';

/** Prompts of all categories together; beyond it every stage would spend its time on lists. */
const MOST_PROMPTS = 200_000;
const RESERVED = ['a', 'count', 'subject', 'color', 'background'];
const LEAST_CHOICES = 2;
const LISTS = { subject: 'subjects', color: 'colors', background: 'backgrounds', count: 'countWords' } as const;

/**
 * Refuses a vocabulary whose prompts could not be told apart or edited.
 *
 * @throws CollimateError CONFIG where a list that templates use has fewer than two entries, a word is not lower case or
 * occurs twice, a template cannot be read, two prompts read alike, or what is held out does not exist or is everything.
 */
export function checkGrammar(grammar: Grammar): void {
  checkSlots(grammar);
  const patterns = readPatterns(grammar);
  if (patterns.length === 0) throw badGrammar('there is no template');
  const used = new Set(patterns.flatMap(({ slots }) => slots));
  for (const slot of used) {
    const { length } = valuesOf(slot, grammar);
    const name = LISTS[slot as keyof typeof LISTS] ?? `slots.${slot}`;
    if (length < LEAST_CHOICES) throw badGrammar(`${name} has ${length} entries, expected at least ${LEAST_CHOICES}`);
  }
  checkAllWords(grammar);
  checkPatterns(grammar);
  checkRule(grammar);
  checkTexts(grammar);
}

function checkSlots({ slots = {} }: Grammar): void {
  for (const name of Object.keys(slots)) {
    if (RESERVED.includes(name)) throw badGrammar(`slots.${name} has a list of its own beside slots`);
    if (!/^[a-z][A-Za-z0-9]*$/.test(name)) throw badGrammar(`the slot "${name}" is not a lower-case word`);
  }
}

function checkAllWords(grammar: Grammar): void {
  const others = slotNames(grammar).slice(2);
  const spoken = [
    ...others.flatMap((slot) => wordsOf(grammar, slot).map(({ phrase }) => phrase)),
    ...grammar.countWords,
  ];
  const singulars = grammar.subjects.map(({ singular }) => singular);
  const plurals = grammar.subjects.map(({ plural }) => plural);
  checkWords([...spoken, ...singulars]);
  checkWords([...spoken, ...plurals]);
  for (const slot of others) checkWords(wordsOf(grammar, slot).map(({ name }) => name));
}

function checkWords(words: readonly string[]): void {
  const seen = new Set<string>();
  for (const word of words) {
    if (!/^[\p{Ll}\p{Lo}\d'’-]+( [\p{Ll}\p{Lo}\d'’-]+)*$/u.test(word))
      throw badGrammar(`"${word}" is not made of lower-case words`);
    if (seen.has(word)) throw badGrammar(`"${word}" occurs twice`);
    seen.add(word);
  }
}

/** Two categories with the same slots must read alike, or a text could not be told from its slots. */
function checkPatterns(grammar: Grammar): void {
  const texts = new Map<string, string>();
  for (const { category, key, parts } of readPatterns(grammar)) {
    if (!/^[\p{Ll}\p{Lo}][\p{L}\d_-]{0,49}$/u.test(category))
      throw badGrammar(`the category "${category}" is not a lower-case word of at most 50 letters`);
    const text = parts.map(({ literal, slot }) => literal ?? `{${slot}}`).join(' ');
    const other = texts.get(key) ?? text;
    if (other !== text)
      throw badGrammar(`template ${category} has the same slots as another one and other words or order: "${other}"`);
    texts.set(key, text);
    for (const { literal } of parts) {
      if (literal === undefined) continue;
      if (!/^[\p{Ll}\p{Lo}\d'’,-]+( [\p{Ll}\p{Lo}\d'’,-]+)*$/u.test(literal))
        throw badGrammar(`template ${category}: "${literal}" is not made of lower-case words`);
    }
  }
}

function checkRule(grammar: Grammar): void {
  const { heldOut } = grammar;
  if (heldOut === undefined) return;
  const subjects = grammar.subjects.map(({ singular }) => singular);
  const { subjects: chosen } = heldOut;
  const unknown = typeof chosen === 'number' ? undefined : chosen.find((name) => !subjects.includes(name));
  if (unknown !== undefined) throw badGrammar(`heldOut.subjects names "${unknown}", which is no subject`);
  const count = typeof chosen === 'number' ? chosen : new Set(chosen).size;
  if (count >= subjects.length)
    throw badGrammar(`heldOut.subjects holds out ${count} of ${subjects.length} subjects; one must be left at least`);
  for (const name of ['pairings', 'singles'] as const) {
    const strange = heldOut[name].find((slot) => slot === 'subject' || !slotNames(grammar).includes(slot));
    if (strange !== undefined)
      throw badGrammar(`heldOut.${name} names "${strange}", which is no slot beside the subject`);
  }
}

function checkTexts(grammar: Grammar): void {
  const counts = readPatterns(grammar).map((pattern) => countPrompts(pattern, grammar));
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total > MOST_PROMPTS)
    throw badGrammar(
      `the templates make ${total} prompts, expected at most ${MOST_PROMPTS}; name fewer slots in one template`,
    );
  const seen = new Map<string, string>();
  for (const [category] of Object.entries(templatesOf(grammar)))
    for (const slots of enumeratePrompts(category, grammar)) {
      const text = formatPrompt(slots, grammar);
      const before = seen.get(text);
      if (before !== undefined) throw badGrammar(`"${text}" is a prompt of ${before} and of ${category}`);
      seen.set(text, category);
    }
}

function badGrammar(problem: string): CollimateError {
  return new CollimateError('CONFIG', `prompt grammar: ${problem}`, 'Correct prompts.grammar in collimate.yaml.');
}
