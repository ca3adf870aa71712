// The prompts of an import, each once. Whether a prompt may be learned from belongs to its text, so that pictures of one prompt in
// several parts of a data set, or in a project that has it already, are settled here, and said.

import type { PromptSplit } from '../../project/database/schema.ts';
import { promptId } from '../../project/images/prompts.ts';
import type { ImportNotes } from './notes.ts';
import type { Incoming } from './store-items.ts';

type Given = Omit<Incoming, 'picture'>;

/** @param stored how the project has those prompts that it has, by identifier */
export function joinPrompts(
  items: readonly Given[],
  stored: ReadonlyMap<string, PromptSplit>,
  notes: ImportNotes,
): (Given & { readonly split: PromptSplit })[] {
  const joined = new Map<string, Given & { readonly split: PromptSplit }>();
  const divided = new Set<string>();
  for (const item of items) {
    const before = joined.get(item.prompt);
    const { split = before?.split ?? 'seen' } = item;
    if (before && before.split !== split) divided.add(item.prompt);
    const edits = item.edits || before?.edits;
    joined.set(item.prompt, { ...item, edits, split: before ? leastKept(before.split, split) : split });
  }
  for (const _ of divided)
    notes.readAs('prompt in several parts, which counts to the first of seen, development and unseen');
  for (const { prompt, split } of joined.values()) {
    const own = stored.get(promptId(prompt));
    if (own !== undefined && own !== split) notes.readAs(`prompt that stays ${own}, as the project has it`);
  }
  return [...joined.values()];
}

/** What has been learned from cannot be held out any more. */
const leastKept = (a: PromptSplit, b: PromptSplit) =>
  (['seen', 'development', 'unseen'] as const).find((split) => split === a || split === b)!;
