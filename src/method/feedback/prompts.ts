// The prompts of a project: those that the stages learn from, and those that only evaluation sees.

import type { Config } from '../../project/config/config.ts';
import type { Database } from '../../project/database/database.ts';
import type { PromptSplit } from '../../project/database/schema.ts';
import { insertPrompts, listImportedPrompts, type Prompt, promptId } from '../../project/images/prompts.ts';
import { CATEGORIES, type Category } from '../../project/prompts/grammar.ts';
import { formatPrompt } from '../../project/prompts/prompt-text.ts';
import { samplePrompts } from '../../project/prompts/sample.ts';
import { splitPrompts } from '../../project/prompts/split.ts';
import { random } from '../../util/random.ts';

/**
 * The prompts that a configuration asks for, the same for the same seed: seen first, then unseen. A category has no more
 * than the grammar makes; which prompts are held out does not depend on the seed, since the base model was trained
 * without them.
 */
export function choosePrompts({ seed, prompts }: Pick<Config, 'seed' | 'prompts'>): Prompt[] {
  const pools = splitPrompts();
  const draw = (split: PromptSplit, category: Category, wanted: number): Prompt[] => {
    const pool = pools[split];
    const count = Math.min(wanted, pool[category].length);
    if (count === 0) return [];
    const drawn = samplePrompts(pool, count, { [category]: 1 }, random(seed, 'prompts', split, category));
    return drawn.map((slots) => {
      const text = formatPrompt(slots);
      return { id: promptId(text), text, category, slots: { ...slots }, split };
    });
  };
  return [
    ...CATEGORIES.flatMap((category) => draw('seen', category, prompts[category])),
    ...CATEGORIES.flatMap((category) => draw('unseen', category, prompts.unseenPerCategory)),
  ];
}

/** Stores the prompts that a configuration asks for, where they are not there yet, and returns them with the imported ones. */
export async function storePrompts(db: Database, config: Pick<Config, 'seed' | 'prompts'>): Promise<Prompt[]> {
  const prompts = choosePrompts(config);
  await insertPrompts(db, prompts);
  const chosen = new Set(prompts.map(({ id }) => id));
  return [...prompts, ...(await listImportedPrompts(db)).filter(({ id }) => !chosen.has(id))];
}
