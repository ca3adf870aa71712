// What prompt settings would make.

import { choosePrompts, type PromptConfig, splitGrammar } from '../../../method/feedback/prompts.ts';
import type { Config } from '../../../project/config/config.ts';
import { CONFIG_FILE } from '../../../project/config/config-file.ts';
import { loadConfig } from '../../../project/config/config-load.ts';
import type { PromptSplit } from '../../../project/database/schema.ts';
import type { Prompt } from '../../../project/images/prompts.ts';
import { categoriesOf } from '../../../project/prompts/grammar.ts';
import { readGrammar } from '../../../project/prompts/grammar-input.ts';
import type { PromptPool } from '../../../project/prompts/held-out.ts';
import type { Input, Output } from '../../contract/client.ts';

const EXAMPLES = 6;

export type PromptSettings = Input<'previewPrompts'>['body'];

/** The whole prompt section with these settings in it. @throws CollimateError CONFIG for a grammar that cannot be. */
export function mergeSettings({ prompts }: Config, settings: PromptSettings): Config['prompts'] {
  return loadConfig({ file: { patch: { prompts: { ...prompts, ...settings } }, path: CONFIG_FILE } }).config.prompts;
}

export function previewPrompts(
  config: Config,
  settings: PromptSettings,
  stored: ReadonlySet<string>,
): Output<'previewPrompts'> {
  const wanted = { seed: config.seed, prompts: mergeSettings(config, settings) };
  const prompts = choosePrompts(wanted);
  const groups = (['seen', 'development', 'unseen'] as const).flatMap((split) =>
    categoriesOf(readGrammar(wanted.prompts.grammar)).map((category) => describe(prompts, category, split)),
  );
  return {
    groups: groups.filter(({ count }) => count > 0),
    total: prompts.length,
    possible: countPossible(wanted),
    fresh: prompts.filter(({ id }) => !stored.has(id)).length,
    images: prompts.filter(({ split }) => split === 'seen').length * config.generate.imagesPerPrompt,
  };
}

/** How many prompts of each category the grammar makes at most. */
export function countPossible(wanted: PromptConfig): Output<'getPromptSettings'>['possible'] {
  const { seen, unseen } = splitGrammar(wanted);
  const count = (pool: PromptPool) =>
    Object.fromEntries(Object.entries(pool).map(([category, prompts]) => [category, prompts.length]));
  return { seen: count(seen), unseen: count(unseen) };
}

function describe(prompts: readonly Prompt[], category: string, split: PromptSplit) {
  const own = prompts.filter((prompt) => prompt.category === category && prompt.split === split);
  return { category, split, count: own.length, examples: own.slice(0, EXAMPLES).map(({ text }) => text) };
}
