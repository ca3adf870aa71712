// `collimate prompts list`: the prompts that are stored.

import type { Command } from 'commander';
import { listImportedPrompts, listPrompts } from '../project/images/prompts.ts';
import { formatTable } from '../util/text.ts';
import { addExamples, type CliContext } from './context.ts';
import { addConfigFlags } from './flags.ts';
import { withProject } from './with-project.ts';

export function register(command: Command, context: CliContext): void {
  command.option('--imported', 'only those that were imported').action(async ({ imported }: { imported?: boolean }) => {
    const prompts = await withProject(context, command, ({ db }) =>
      imported ? listImportedPrompts(db) : listPrompts(db),
    );
    const rows = prompts.map(({ text, category, split }) => [text, category, split]);
    context.print(
      { prompts },
      rows.length > 0
        ? formatTable([['', 'category', 'split'], ...rows])
        : imported
          ? 'No prompts were imported by `collimate prompts import`. Those that came with images are in `collimate prompts list`.'
          : 'No prompts are stored yet. `collimate generate` makes them where there is a grammar; `collimate prompts import` takes yours.',
    );
  });
  addConfigFlags(command, []);
  addExamples(command, ['prompts list', 'prompts list --imported --json']);
}
