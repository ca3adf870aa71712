// Edits of any prompt, by the first way there is: those that came with it, those of the grammar where it can have made the
// prompt, or by the known words in its text.

import type { Random } from '../../util/random.ts';
import { editPrompts } from './edits.ts';
import type { Grammar, Slots } from './grammar.ts';
import { formatPrompt, tryParsePrompt } from './prompt-text.ts';
import { editText } from './text-edits.ts';
import type { Entry } from './word-lists.ts';

export const EDIT_WAYS = ['given', 'grammar', 'words'] as const;

/** How a prompt comes to its edits. */
export type EditWay = (typeof EDIT_WAYS)[number];

export interface EditSource {
  readonly grammar: Grammar;
  readonly entries: readonly Entry[];
  /** Whether slots of the grammar are kept from every stage before evaluation. */
  readonly isHeldOut: (slots: Slots) => boolean;
  /** Texts that are no edits, such as prompts kept for evaluation. */
  readonly refused: ReadonlySet<string>;
}

export interface EditablePrompt {
  readonly text: string;
  /** Edits that came with the prompt. */
  readonly edits?: readonly string[] | undefined;
}

/** Lists of edits of one prompt, and how it came to them. */
export interface DrawnEdits {
  readonly way: EditWay;
  readonly lists: readonly (readonly string[])[];
}

type Draw = (n: number, rng: Random) => string[];

/** Undefined where a way does not suit a prompt. */
const WAYS: Readonly<Record<EditWay, (prompt: EditablePrompt, source: EditSource) => Draw | undefined>> = {
  given({ text, edits = [] }, source) {
    const accepted = edits.filter((edited) => edited !== text && isAllowed(edited, source));
    return (n, rng) => rng.shuffle(accepted).slice(0, n);
  },
  grammar({ text }, { grammar, isHeldOut, refused }) {
    const slots = tryParsePrompt(text, grammar);
    if (!slots) return undefined;
    const accept = (edited: Slots) => !isHeldOut(edited) && !refused.has(formatPrompt(edited, grammar));
    return (n, rng) => editPrompts(slots, n, rng, { grammar, accept }).map((edited) => formatPrompt(edited, grammar));
  },
  words:
    ({ text }, source) =>
    (n, rng) =>
      editText(text, source.entries, n, rng, (edited) => isAllowed(edited, source)),
};

/** A list of up to `n` edits for each stream, by the first way that gives any; undefined where none does. */
export function drawEdits(
  prompt: EditablePrompt,
  source: EditSource,
  n: number,
  streams: readonly (() => Random)[],
): DrawnEdits | undefined {
  for (const way of EDIT_WAYS) {
    const draw = WAYS[way](prompt, source);
    const lists = draw ? streams.map((stream) => draw(n, stream())) : [];
    if (lists.some(({ length }) => length > 0)) return { way, lists };
  }
  return undefined;
}

/** A text that the grammar can have made may be held out by its slots; any may be a prompt that is kept apart. */
function isAllowed(edited: string, { grammar, isHeldOut, refused }: EditSource): boolean {
  if (refused.has(edited)) return false;
  const slots = tryParsePrompt(edited, grammar);
  return slots === undefined || !isHeldOut(slots);
}
