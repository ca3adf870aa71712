// `collimate prompts import FILE`: prompts of one's own, drawn beside those of the grammar.

import { extname } from 'node:path';
import { type Command, Option } from 'commander';
import { nameErrors } from '../method/exchange/columns.ts';
import { readTextFile } from '../method/exchange/folder.ts';
import { type ImportedPrompts, type PromptFormat, parsePrompts } from '../method/feedback/parse-prompts.ts';
import type { PromptSplit } from '../project/database/schema.ts';
import { importPrompts } from '../project/images/prompts.ts';
import { readGrammar } from '../project/prompts/grammar-input.ts';
import { CollimateError } from '../util/errors.ts';
import { formatNumber } from '../util/text.ts';
import { addExamples, type CliContext } from './context.ts';
import { addConfigFlags } from './flags.ts';
import { withProject } from './with-project.ts';

const FORMATS: Readonly<Record<string, PromptFormat>> = { '.csv': 'csv', '.jsonl': 'jsonl', '.ndjson': 'jsonl' };

interface Options {
  split: PromptSplit;
  format?: PromptFormat;
  skipBad?: boolean;
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
    .option('--skip-bad', 'leave out lines that cannot be read, and list them')
    .action(async (file: string, options: Options) => {
      const { split, format = FORMATS[extname(file).toLowerCase()] ?? 'text', skipBad = false } = options;
      const text = readTextFile(file);
      const summary = await withProject(context, command, async ({ db, config }) => {
        const grammar = readGrammar(config.prompts.grammar);
        const read = nameErrors(file, () => parsePrompts(format, text, split, grammar));
        if (!skipBad) refuseProblems(file, read);
        const { prompts, problems, problemCount, passedOver } = read;
        const added = await importPrompts(db, prompts);
        return { added, known: prompts.length - added, split, problems, problemCount, passedOver };
      });
      context.print(summary, `${describe(summary)}\nNext: collimate generate`);
    });
  addConfigFlags(command, []);
  addExamples(command, [
    'prompts import prompts.txt',
    'prompts import prompts.csv --split unseen',
    'prompts import prompts.jsonl --json',
  ]);
}

function refuseProblems(file: string, { problems, problemCount }: ImportedPrompts): void {
  const [first] = problems;
  if (!first) return;
  throw new CollimateError(
    'USAGE',
    `${file} line ${first.line}: ${first.message}${problemCount > 1 ? `, and ${problemCount - 1} more lines with problems` : ''}`,
    'Nothing was stored; mend the file and import it again, or leave such lines out with --skip-bad.',
  );
}

type Summary = Pick<ImportedPrompts, 'problems' | 'problemCount' | 'passedOver'> & { added: number; known: number };

function describe({ added, known, problems, problemCount, passedOver }: Summary): string {
  const more = problemCount - problems.length;
  return [
    `Stored ${formatNumber(added)} prompts${known > 0 ? ` (${formatNumber(known)} were there already)` : ''}.`,
    ...(problemCount > 0 ? [`Left out ${formatNumber(problemCount)} lines:`] : []),
    ...problems.map(({ line, message }) => `  line ${line}: ${message}`),
    ...(more > 0 ? [`  and ${formatNumber(more)} more`] : []),
    ...(passedOver.length > 0 ? [`Columns passed over: ${passedOver.join(', ')}.`] : []),
  ].join('\n');
}
