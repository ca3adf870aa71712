// The edits of prompts that prompt classification and TextNorm compare with, and what is said of them beforehand: how many
// prompts have any, how they came to them, and what they look like.

import type { Prompt } from '../../project/images/prompts.ts';
import { readGrammar } from '../../project/prompts/grammar-input.ts';
import { heldOutTest } from '../../project/prompts/held-out.ts';
import {
  type DrawnEdits,
  drawEdits,
  EDIT_WAYS,
  type EditSource,
  type EditWay,
} from '../../project/prompts/prompt-edits.ts';
import { formatPrompt, tryParsePrompt } from '../../project/prompts/prompt-text.ts';
import { joinLists } from '../../project/prompts/word-lists.ts';
import { worldGrammar } from '../../project/prompts/world-grammar.ts';
import { hashJson } from '../../util/hash.ts';
import { random } from '../../util/random.ts';
import { plural } from '../../util/text.ts';
import { type PromptConfig, splitGrammar } from '../feedback/prompts.ts';
import { preferMarked } from './marked-edits.ts';

/** Lists of edits that take turns over the epochs. */
const TURNS = 8;
const EXAMPLES = 5;
/** More edits than a prompt has. */
const EVERY = 10_000;

export interface EditorOptions {
  readonly config: PromptConfig;
  /** Edits in a list, at most. */
  readonly count: number;
  /** Of the draws; default the project's. */
  readonly seed?: number;
  /** Texts of prompts that are kept apart, which are no edits; default none. */
  readonly refused?: ReadonlySet<string>;
  /** Words that bad pictures of a prompt do not show, by prompt: edits there come first. Default none. */
  readonly marked?: ReadonlyMap<string, readonly string[]>;
}

export type Editor = (prompt: Pick<Prompt, 'id' | 'text' | 'edits'>) => DrawnEdits | undefined;

/**
 * Lists of up to `count` edits of a prompt that take turns: those that came with it, else those of the project's grammar
 * where it can have made the prompt, else by the words in it. None is a prompt that is kept for evaluation.
 */
export function createEditor({
  config,
  count,
  seed = config.seed,
  refused = new Set(),
  marked = new Map(),
}: EditorOptions): Editor {
  const source: EditSource = {
    grammar: readGrammar(config.prompts.grammar),
    entries: joinLists(config.prompts.words),
    isHeldOut: heldOutTest(splitGrammar(config)),
    refused,
  };
  return (prompt) => {
    const streams = Array.from({ length: TURNS }, (_, turn) => () => random(seed, 'reward', 'edits', prompt.id, turn));
    const words = marked.get(prompt.id) ?? [];
    if (words.length === 0) return drawEdits(prompt, source, count, streams);
    const drawn = drawEdits(prompt, source, EVERY, streams);
    return drawn && { ...drawn, lists: drawn.lists.map((list) => preferMarked(list, words, count)) };
  };
}

/** What prompt classification has to work with. */
export interface EditSummary {
  readonly prompts: number;
  /** Prompts by the way in which they came to edits. */
  readonly ways: Readonly<Record<EditWay, number>>;
  readonly without: number;
  readonly examples: readonly { readonly prompt: string; readonly edit: string; readonly way: EditWay }[];
  /** Prompts of which bad answers name words; undefined where none do, or told by an earlier version. */
  readonly marked?: number;
}

/** The edits of the prompts of a training. */
export interface EditPlan {
  readonly lists: ReadonlyMap<string, DrawnEdits['lists']>;
  readonly summary: EditSummary;
  /** Identity of those edits that do not follow from the prompts alone; undefined where all do. */
  readonly hash: string | undefined;
}

/** Draws the edits of prompts, each once. */
export function planEdits(
  prompts: readonly Prompt[],
  edit: Editor,
  marked: ReadonlyMap<string, readonly string[]> = new Map(),
): EditPlan {
  const drawn = prompts.map((prompt) => ({ prompt, edits: edit(prompt) }));
  const having = drawn.flatMap(({ prompt, edits }) => (edits ? [{ prompt, ...edits }] : []));
  const own = having.filter(({ prompt, way }) => marked.has(prompt.id) || way !== 'grammar' || !isOfWorld(prompt.text));
  const named = having.filter(({ prompt }) => marked.has(prompt.id)).length;
  const ways = EDIT_WAYS.map((way) => [way, having.filter((one) => one.way === way).length] as const);
  return {
    lists: new Map(having.map(({ prompt, lists }) => [prompt.id, lists])),
    summary: {
      prompts: prompts.length,
      ways: Object.fromEntries(ways) as Record<EditWay, number>,
      without: prompts.length - having.length,
      examples: chooseExamples(having),
      ...(named > 0 && { marked: named }),
    },
    hash: own.length > 0 ? hashJson(own.map(({ prompt, lists }) => [prompt.id, lists])) : undefined,
  };
}

/** Prompts of the embedded world spelled as its grammar does, whose edits are a function of seed and text. */
function isOfWorld(text: string): boolean {
  const slots = tryParsePrompt(text, worldGrammar);
  return slots !== undefined && formatPrompt(slots) === text;
}

/** Some of each way, in the order of the ways. */
function chooseExamples(having: readonly ({ prompt: Prompt } & DrawnEdits)[]): EditSummary['examples'] {
  const queues = EDIT_WAYS.map((way) => having.filter((one) => one.way === way));
  const used = queues.filter(({ length }) => length > 0);
  const each = Math.ceil(EXAMPLES / Math.max(1, used.length));
  const chosen = used.flatMap((queue) => queue.slice(0, each));
  return chosen.slice(0, EXAMPLES).map(({ prompt, way, lists }) => ({
    prompt: prompt.text,
    edit: lists.find(({ length }) => length > 0)![0]!,
    way,
  }));
}

const WAY_NAMES: Readonly<Record<EditWay, string>> = {
  given: 'came with them',
  grammar: 'by the grammar',
  words: 'by words in them',
};

/** How many prompts have edits, by which way, and what follows for those without, in one sentence. */
export function countEdits({ prompts, ways, without }: EditSummary): string {
  const having = prompts - without;
  if (having === 0)
    return `None of ${plural(prompts, 'prompt')} has an edit that changes its meaning: prompt classification is left out.`;
  const used = EDIT_WAYS.filter((way) => ways[way] > 0).map((way) => `${ways[way]} ${WAY_NAMES[way]}`);
  const others =
    without > 0
      ? `; ${without === 1 ? 'the other one teaches by its' : `the other ${without} teach by their`} answers alone`
      : '';
  return `Prompt classification: ${having} of ${plural(prompts, 'prompt has', 'prompts have')} edits (${used.join(', ')})${others}.`;
}

/** `countEdits` with examples, or with what to do where no prompt has any. */
export function describeEdits(summary: EditSummary): string[] {
  const { examples, marked } = summary;
  if (examples.length === 0)
    return [
      countEdits(summary),
      'Give edits in a column `edits` of `collimate prompts import`, or words that may stand for one another in prompts.words.',
    ];
  const there =
    marked === undefined
      ? ''
      : ` Of ${marked} of them bad answers name words that pictures do not show: edits there come first.`;
  return [
    `${countEdits(summary)}${there} Such as:`,
    ...examples.map(({ prompt, edit }) => `  "${prompt}" → "${edit}"`),
  ];
}
