// `collimate prompts import FILE`: prompts of one's own, drawn beside those of the grammar.

import { extname } from 'node:path';
import { type Command, Option } from 'commander';
import { readTextFile } from '../method/exchange/folder.ts';
import { type PromptFormat, parsePrompts } from '../method/feedback/parse-prompts.ts';
import type { PromptSplit } from '../project/database/schema.ts';
import { importPrompts } from '../project/images/prompts.ts';
import { CollimateError } from '../util/errors.ts';
import { formatNumber } from '../util/text.ts';
import { addExamples, type CliContext } from './context.ts';
import { addConfigFlags } from './flags.ts';
import { withProject } from './with-project.ts';

const FORMATS: Readonly<Record<string, PromptFormat>> = { '.csv': 'csv', '.jsonl': 'jsonl', '.ndjson': 'jsonl' };

interface Options {
  split: PromptSplit;
  format?: PromptFormat;
}

export function register(command: Command, context: CliContext): void {
  command
    .argument('<file>', 'text with one prompt a line, CSV with a column prompt, or JSON lines')
    .addOption(
      new Option('--split <split>', 'let the stages learn from them, or keep them for evaluation')
        .choices(['seen', 'unseen'])
        .default('seen'),
    )
    .addOption(new Option('--format <format>', 'default by the name of the file').choices(['text', 'csv', 'jsonl']))
    .action(async (file: string, { split, format = FORMATS[extname(file).toLowerCase()] ?? 'text' }: Options) => {
      const { prompts, problems } = parsePrompts(format, readTextFile(file), split);
      const [first] = problems;
      if (first)
        throw new CollimateError(
          'USAGE',
          `${file} line ${first.line}: ${first.message}${problems.length > 1 ? `, and ${problems.length - 1} more lines like it` : ''}`,
          'Nothing was stored; mend the file and import it again.',
        );
      const added = await withProject(context, command, ({ db }) => importPrompts(db, prompts));
      const summary = { added, known: prompts.length - added, split };
      const known = summary.known > 0 ? ` (${formatNumber(summary.known)} were there already)` : '';
      context.print(summary, `Stored ${formatNumber(added)} prompts${known}.\nNext: collimate generate`);
    });
  addConfigFlags(command, []);
  addExamples(command, [
    'prompts import prompts.txt',
    'prompts import prompts.csv --split unseen',
    'prompts import prompts.jsonl --json',
  ]);
}
