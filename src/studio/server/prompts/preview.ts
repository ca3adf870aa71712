// What prompt settings would make.

import type { z } from 'zod';
import { choosePrompts } from '../../../method/feedback/prompts.ts';
import type { Config } from '../../../project/config/config.ts';
import type { Prompt } from '../../../project/images/prompts.ts';
import { CATEGORIES } from '../../../project/prompts/grammar.ts';
import type { Output } from '../../contract/client.ts';
import type { promptSettings } from '../../contract/prompts.ts';

const EXAMPLES = 6;

export function previewPrompts(
  config: Config,
  settings: z.infer<typeof promptSettings>,
  stored: ReadonlySet<string>,
): Output<'previewPrompts'> {
  const prompts = choosePrompts({ seed: config.seed, prompts: settings });
  const groups = (['seen', 'unseen'] as const).flatMap((split) =>
    CATEGORIES.map((category) => describe(prompts, category, split)),
  );
  return {
    groups: groups.filter(({ count }) => count > 0),
    total: prompts.length,
    fresh: prompts.filter(({ id }) => !stored.has(id)).length,
    images: prompts.filter(({ split }) => split === 'seen').length * config.generate.imagesPerPrompt,
  };
}

function describe(prompts: readonly Prompt[], category: (typeof CATEGORIES)[number], split: 'seen' | 'unseen') {
  const own = prompts.filter((prompt) => prompt.category === category && prompt.split === split);
  return { category, split, count: own.length, examples: own.slice(0, EXAMPLES).map(({ text }) => text) };
}
