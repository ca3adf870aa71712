// Templates as patterns: "{a} {color} {subject}" as a list of parts. `{count}` takes every count, `{a}` reads the same and is
// one in all prompts that are made by it, so that only an edit makes it two.

import { CollimateError } from '../../util/errors.ts';
import type { Category, Grammar, SlotName, Slots } from './grammar.ts';

/** Words as they stand, or a slot. */
export type TemplatePart =
  | { readonly literal: string; readonly slot?: never }
  | { readonly slot: SlotName; readonly literal?: never };

export interface Pattern {
  readonly category: Category;
  readonly parts: readonly TemplatePart[];
  /** The slots in the order of the text; that of slots made by this pattern. */
  readonly slots: readonly SlotName[];
  /** Slots whose values vary beside the subject's, in the order in which prompts are listed: counts innermost. */
  readonly varied: readonly SlotName[];
  /** Which slots there are, whatever their order: what prompts are recognised by. */
  readonly key: string;
}

/** The templates of (Lee et al., 2023): one part named beside the subject, or all of them. */
const PAPER_TEMPLATES: Readonly<Record<Category, string>> = {
  count: '{count} {subject}',
  color: '{a} {color} {subject}',
  background: '{a} {subject} {background}',
  combination: '{count} {color} {subject} {background}',
};

const known = new WeakMap<Grammar, readonly Pattern[]>();

/** The patterns of a grammar. @throws CollimateError CONFIG for a template that cannot be read. */
export function readPatterns(grammar: Grammar): readonly Pattern[] {
  const patterns = known.get(grammar) ?? compilePatterns(grammar);
  known.set(grammar, patterns);
  return patterns;
}

function compilePatterns(grammar: Grammar): Pattern[] {
  const order = ['color', 'background', ...Object.keys(grammar.slots ?? {})];
  return Object.entries(templatesOf(grammar)).map(([category, text]) => compileTemplate(category, text, order));
}

/** The templates of a grammar: its own, or those of the paper that it has words for. */
export function templatesOf({ templates, colors, backgrounds }: Grammar): Readonly<Record<Category, string>> {
  if (templates) return templates;
  const missing = [...(colors.length === 0 ? ['{color}'] : []), ...(backgrounds.length === 0 ? ['{background}'] : [])];
  const possible = ([, text]: [string, string]) => !missing.some((slot) => text.includes(slot));
  return Object.fromEntries(Object.entries(PAPER_TEMPLATES).filter(possible));
}

function compileTemplate(category: Category, text: string, order: readonly SlotName[]): Pattern {
  const pieces = text.trim().split(/\s*(\{[^{}]*\})\s*/);
  const parts = pieces.filter(Boolean).map((piece): TemplatePart => {
    const [, name] = /^\{\s*([^{}]*?)\s*\}$/.exec(piece) ?? [];
    return name === undefined ? { literal: piece.replace(/\s+/g, ' ') } : { slot: name === 'a' ? 'count' : name };
  });
  const slots = parts.flatMap(({ slot }) => slot ?? []);
  const problem = findProblem(text, slots, order);
  if (problem !== undefined)
    throw new CollimateError(
      'CONFIG',
      `prompt grammar: template ${category} "${text}" ${problem}`,
      `Write it like "${PAPER_TEMPLATES.color}", with slots of the grammar (count, a, subject, ${order.join(', ')}) in braces.`,
    );
  const counted = /\{\s*count\s*\}/.test(text);
  const varied = [...order.filter((slot) => slots.includes(slot)), ...(counted ? ['count'] : [])];
  return { category, parts, slots, varied, key: keyOf(slots) };
}

function findProblem(text: string, slots: readonly SlotName[], order: readonly SlotName[]): string | undefined {
  const strange = slots.find((slot) => !['count', 'subject', ...order].includes(slot));
  if (strange !== undefined) return `names {${strange}}, which is no slot`;
  const missing = ['count', 'subject'].find((slot) => !slots.includes(slot));
  if (missing !== undefined) return `has no ${missing === 'count' ? '{count} and no {a}' : '{subject}'}`;
  const twice = slots.find((slot, i) => slots.indexOf(slot) !== i);
  if (twice !== undefined) return `names {${twice}} twice`;
  return /[{}]/.test(text.replace(/\{[^{}]*\}/g, '')) ? 'has a brace without its other half' : undefined;
}

function keyOf(slots: readonly SlotName[]): string {
  return [...slots].sort().join(' ');
}

/** The pattern by which slots become text. @throws CollimateError PROMPT where no template has these slots. */
export function findPattern(slots: Slots, grammar: Grammar): Pattern {
  const names = Object.keys(slots).filter((slot) => slots[slot] !== undefined);
  const key = keyOf(names);
  const pattern = readPatterns(grammar).find((candidate) => candidate.key === key);
  if (pattern) return pattern;
  const templates = Object.values(templatesOf(grammar));
  throw new CollimateError(
    'PROMPT',
    `prompt: no template of the grammar has the slots ${names.join(', ')}`,
    `Use the slots of one of ${templates.map((text) => `"${text}"`).join(', ')}, or add a template to prompts.grammar.`,
  );
}

/** Whether a pattern makes these slots itself; "two green dogs" only reads like "{a} {color} {subject}". */
export function makesPrompt({ varied }: Pattern, { count }: Slots): boolean {
  return count === 1 || varied.includes('count');
}
