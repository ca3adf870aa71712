// What was asked of the model: prompts by category and split.

import { listPrompts } from '../../../project/images/prompts.ts';
import type { Project } from '../../../project/project.ts';
import { CATEGORIES } from '../../../project/prompts/grammar.ts';
import type { AskedData } from '../data.ts';

/** Null before there are prompts. */
export async function collectAsked({ db }: Project): Promise<AskedData | null> {
  const all = await listPrompts(db);
  if (all.length === 0) return null;
  const prompts = (['seen', 'unseen'] as const).flatMap((split) =>
    CATEGORIES.flatMap((category) => {
      const group = all.filter((prompt) => prompt.split === split && prompt.category === category);
      return group.length > 0
        ? [{ category, split, count: group.length, example: group[Math.floor(group.length / 2)]!.text }]
        : [];
    }),
  );
  return { prompts };
}
