// A grammar as people write it, in collimate.yaml, and the grammar that it means: plurals are derived where they are regular,
// and a place may be given by its phrase alone.

import { CollimateError } from '../../util/errors.ts';
import { checkGrammar } from './check-grammar.ts';
import type { Category, Grammar, HeldOutRule, SlotName, Word } from './grammar.ts';
import { paperGrammar } from './paper-grammar.ts';
import { pluralOf } from './plural.ts';
import { defaultRule } from './split.ts';
import { templatesOf } from './template.ts';
import { secondGrammar, worldGrammar } from './world-grammar.ts';

/** Words as a list of what prompts say, or by name: `{ city: 'in a city' }`. */
export type WordsInput = readonly string[] | Readonly<Record<string, string>>;

export interface GrammarInput {
  /** `dog`, or with an irregular plural `{ wolf: 'wolves' }`. */
  readonly subjects: readonly (string | Readonly<Record<string, string>>)[];
  /** Words for one, two, …; default a, two, three, four. */
  readonly counts?: readonly string[] | undefined;
  readonly colors?: readonly string[] | undefined;
  readonly backgrounds?: WordsInput | undefined;
  readonly slots?: Readonly<Record<SlotName, WordsInput>> | undefined;
  readonly templates?: Readonly<Record<Category, string>> | undefined;
  readonly heldOut?: HeldOutInput | undefined;
}

/** Keys that are missing keep what a grammar without them holds out; see `defaultRule`. */
export type HeldOutInput = { readonly [K in Exclude<keyof HeldOutRule, 'seed' | 'pool'>]?: HeldOutRule[K] | undefined };

/** What `prompts.grammar` may hold: a name, or the words themselves. */
export type GrammarSetting = GrammarName | GrammarInput;

export const GRAMMAR_NAMES = ['embedded', 'embedded-1', 'embedded-2', 'paper'] as const;
export type GrammarName = (typeof GRAMMAR_NAMES)[number];

/** The grammars of the embedded worlds: `embedded` is that of the world that a project has unless it names another. */
const WORLDS: Readonly<Record<Exclude<GrammarName, 'paper'>, Grammar>> = {
  embedded: worldGrammar,
  'embedded-1': worldGrammar,
  'embedded-2': secondGrammar,
};

const read = new WeakMap<GrammarInput, Grammar>();

/**
 * The grammar that a setting means.
 *
 * @throws CollimateError CONFIG for words whose prompts could not be told apart; see `checkGrammar`.
 */
export function readGrammar(setting: GrammarSetting): Grammar {
  if (typeof setting === 'string' && setting !== 'paper') return WORLDS[setting];
  const input = setting === 'paper' ? paperGrammar : setting;
  const grammar = read.get(input) ?? makeGrammar(input);
  read.set(input, grammar);
  return grammar;
}

/** The words of a setting, such as to start one's own from. */
export function writeGrammar(setting: GrammarSetting): GrammarInput {
  if (setting === 'paper') return paperGrammar;
  if (typeof setting !== 'string') return setting;
  const grammar = WORLDS[setting];
  const { subjects, countWords, colors, backgrounds } = grammar;
  // Whose words they are is whose prompts are held out: by the seed of the project.
  const { seed: _fixed, pool: _shipped, ...heldOut } = grammar.heldOut!;
  return {
    subjects: subjects.map(({ singular, plural }) =>
      pluralOf(singular) === plural ? singular : { [singular]: plural },
    ),
    counts: countWords,
    colors,
    backgrounds: Object.fromEntries(backgrounds.map(({ name, phrase }) => [name, phrase])),
    templates: templatesOf(grammar),
    heldOut,
  };
}

function makeGrammar(input: GrammarInput): Grammar {
  const { counts = ['a', 'two', 'three', 'four'], colors = [], backgrounds = [], slots, templates, heldOut } = input;
  const grammar: Grammar = {
    subjects: input.subjects.map(readSubject),
    colors,
    backgrounds: readWords(backgrounds),
    countWords: counts,
    ...(slots && { slots: Object.fromEntries(Object.entries(slots).map(([name, words]) => [name, readWords(words)])) }),
    ...(templates && { templates }),
  };
  const whole = heldOut ? { ...grammar, heldOut: { ...defaultRule(grammar), ...withoutUndefined(heldOut) } } : grammar;
  checkGrammar(whole);
  return whole;
}

function withoutUndefined(rule: HeldOutInput): Partial<HeldOutRule> {
  return Object.fromEntries(Object.entries(rule).filter(([, value]) => value !== undefined));
}

function readSubject(input: GrammarInput['subjects'][number]): Grammar['subjects'][number] {
  if (typeof input === 'string') return { singular: input, plural: pluralOf(input) };
  const [[singular, plural] = [], ...more] = Object.entries(input);
  if (singular !== undefined && plural !== undefined && more.length === 0) return { singular, plural };
  throw new CollimateError(
    'CONFIG',
    `prompt grammar: expected a subject such as dog or wolf: wolves, got ${JSON.stringify(input)}`,
    'Give each subject a line of its own under prompts.grammar.subjects.',
  );
}

function readWords(input: WordsInput): Word[] {
  return Array.isArray(input)
    ? (input as readonly string[]).map((phrase) => ({ name: phrase, phrase }))
    : Object.entries(input as Readonly<Record<string, string>>).map(([name, phrase]) => ({ name, phrase }));
}
