// What was asked of the model: prompts by category and split.

import { listPrompts } from '../../../project/images/prompts.ts';
import { countOpenings } from '../../../project/learning/test-openings.ts';
import type { Project } from '../../../project/project.ts';
import { orderCategories } from '../../../project/prompts/categories.ts';
import type { Grammar } from '../../../project/prompts/grammar.ts';
import { readGrammar } from '../../../project/prompts/grammar-input.ts';
import { defaultRule } from '../../../project/prompts/split.ts';
import type { AskedData } from '../data.ts';

/** Null before there are prompts. */
export async function collectAsked({ db, config }: Project): Promise<AskedData | null> {
  const all = await listPrompts(db);
  if (all.length === 0) return null;
  const prompts = (['seen', 'development', 'unseen'] as const).flatMap((split) =>
    orderCategories(all.map(({ category }) => category)).flatMap((category) => {
      const group = all.filter((prompt) => prompt.split === split && prompt.category === category);
      return group.length > 0
        ? [{ category, split, count: group.length, example: group[Math.floor(group.length / 2)]!.text }]
        : [];
    }),
  );
  const openings = await countOpenings(db);
  return { prompts, openings, heldOut: describeRule(readGrammar(config.prompts.grammar)) };
}

/** What a grammar holds out beside single prompts, in words; null for nothing. */
function describeRule(grammar: Grammar): string | null {
  const { subjects, pairings } = grammar.heldOut ?? defaultRule(grammar);
  const count = typeof subjects === 'number' ? subjects : subjects.length;
  const parts = [
    ...(count > 0 ? [`all that name one of ${count} subjects`] : []),
    ...pairings.map((slot) => `for each subject one ${slot} that it never had before`),
  ];
  return parts.length > 0 ? parts.join(' and ') : null;
}
