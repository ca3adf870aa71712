import { CATEGORIES, COUNTS } from '../../../project/prompts/grammar.ts';
import { splitPrompts } from '../../../project/prompts/split.ts';
import { worldGrammar } from '../../../project/prompts/world-grammar.ts';
import type { Handler } from '../endpoint.ts';

export const getPromptSettings: Handler<'getPromptSettings'> = async ({ studio }) => {
  const pools = splitPrompts();
  const countOf = (split: 'seen' | 'unseen') => {
    const counts = CATEGORIES.map((category) => [category, pools[split][category].length] as const);
    return Object.fromEntries(counts) as Record<(typeof CATEGORIES)[number], number>;
  };
  return {
    settings: studio.readProjectConfig().config.prompts,
    vocabulary: {
      counts: [...COUNTS],
      colors: [...worldGrammar.colors],
      subjects: worldGrammar.subjects.map(({ singular }) => singular),
      backgrounds: worldGrammar.backgrounds.map(({ name }) => name),
    },
    possible: { seen: countOf('seen'), unseen: countOf('unseen') },
  };
};
