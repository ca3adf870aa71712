// The prompts of a project: those that the stages learn from, those by which settings are chosen, and those that only
// evaluation sees.

import type { Config } from '../../project/config/config.ts';
import type { Database } from '../../project/database/database.ts';
import type { PromptSplit } from '../../project/database/schema.ts';
import {
  insertPrompts,
  listImportedPrompts,
  listPrompts,
  type Prompt,
  promptId,
} from '../../project/images/prompts.ts';
import { type Category, categoriesOf, type Slots } from '../../project/prompts/grammar.ts';
import { readGrammar } from '../../project/prompts/grammar-input.ts';
import type { PromptPool } from '../../project/prompts/held-out.ts';
import { formatPrompt } from '../../project/prompts/prompt-text.ts';
import { samplePrompts } from '../../project/prompts/sample.ts';
import { splitPrompts } from '../../project/prompts/split.ts';
import { random } from '../../util/random.ts';

/** What decides the prompts of a project. */
export type PromptConfig = Pick<Config, 'seed' | 'prompts'>;

/**
 * The prompts of a project's grammar, seen and unseen: drawn by the project's seed, unless the grammar fixes another one,
 * as that of the embedded world does, whose base model was trained without the held-out prompts.
 */
export function splitGrammar({ seed, prompts }: PromptConfig) {
  const grammar = readGrammar(prompts.grammar);
  return splitPrompts({ grammar, seed: grammar.heldOut?.seed ?? seed });
}

/**
 * The prompts that a configuration asks for, the same for the same seed: seen first, then development, then unseen. A
 * category has no more than the grammar makes; development prompts are drawn of what the grammar keeps for them, else of
 * those that are left when the seen ones are.
 */
export function choosePrompts(config: PromptConfig): Prompt[] {
  const { seed, prompts } = config;
  const grammar = readGrammar(prompts.grammar);
  const pools = splitGrammar(config);
  const categories = categoriesOf(grammar);
  const draw = (split: PromptSplit, pool: PromptPool, category: Category, wanted: number): Prompt[] => {
    const count = Math.min(wanted, pool[category]!.length);
    if (count === 0) return [];
    const drawn = samplePrompts(pool, count, { [category]: 1 }, random(seed, 'prompts', split, category));
    return drawn.map((slots) => {
      const text = formatPrompt(slots, grammar);
      return { id: promptId(text), text, category, slots: { ...slots }, split };
    });
  };
  const seen = categories.flatMap((category) => draw('seen', pools.seen, category, wantedOf(prompts, category)));
  const taken = new Set(seen.map(({ text }) => text));
  const left = (slots: Slots) => !taken.has(formatPrompt(slots, grammar));
  const rest =
    pools.development ??
    Object.fromEntries(categories.map((category) => [category, pools.seen[category]!.filter(left)]));
  const { developmentPerCategory, unseenPerCategory } = prompts;
  return [
    ...seen,
    ...categories.flatMap((category) => draw('development', rest, category, developmentPerCategory)),
    ...categories.flatMap((category) => draw('unseen', pools.unseen, category, unseenPerCategory)),
  ];
}

const OWN_NUMBERS = ['count', 'color', 'background', 'combination'] as const;

/** How many seen prompts of a category are asked for. */
function wantedOf(prompts: Config['prompts'], category: Category): number {
  const own = OWN_NUMBERS.find((name) => name === category);
  return own === undefined ? prompts.perCategory : prompts[own];
}

/** Categories of which the grammar makes fewer prompts than a configuration keeps apart; those of learning may fall short. */
export function findShortages({ prompts }: PromptConfig, chosen: readonly Prompt[]): string[] {
  const wanted = { development: prompts.developmentPerCategory };
  return Object.entries(wanted).flatMap(([split, count]) =>
    categoriesOf(readGrammar(prompts.grammar)).flatMap((category) => {
      const found = chosen.filter((prompt) => prompt.split === split && prompt.category === category).length;
      return found < count ? [`${found} of ${count} ${split} prompts of ${category}`] : [];
    }),
  );
}

/**
 * Stores the prompts that a configuration asks for, where they are not there yet, and returns them with the imported ones;
 * each with the split that it is stored with, since what was kept apart once stays so.
 */
export async function storePrompts(db: Database, config: PromptConfig): Promise<Prompt[]> {
  await insertPrompts(db, choosePrompts(config));
  return listAskedPrompts(db, config);
}

/** The prompts that a configuration asks for, whether they are stored yet or not, and the imported ones. */
export async function listAskedPrompts(db: Database, config: PromptConfig): Promise<Prompt[]> {
  const prompts = choosePrompts(config);
  const splits = new Map((await listPrompts(db)).map(({ id, split }) => [id, split]));
  const chosen = new Set(prompts.map(({ id }) => id));
  return [
    ...prompts.map((prompt) => ({ ...prompt, split: splits.get(prompt.id) ?? prompt.split })),
    ...(await listImportedPrompts(db)).filter(({ id }) => !chosen.has(id)),
  ];
}

/** How many images `generate` is to draw in all: those of each prompt that is not kept for evaluation. */
export async function countAskedImages(db: Database, config: PromptConfig & Pick<Config, 'generate'>): Promise<number> {
  const drawn = (await listAskedPrompts(db, config)).filter(({ split }) => split !== 'unseen');
  return drawn.length * config.generate.imagesPerPrompt;
}
