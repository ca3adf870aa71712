// `collimate prompts import FILE`: prompts of one's own, drawn beside those of the grammar.

import { extname } from 'node:path';
import { type Command, Option } from 'commander';
import { nameErrors } from '../method/exchange/columns.ts';
import { readTextFile } from '../method/exchange/folder.ts';
import { type ImportedPrompts, type PromptFormat, parsePrompts } from '../method/feedback/parse-prompts.ts';
import { type SplitShares, splitByShares } from '../method/feedback/split-prompts.ts';
import { describeLongPrompts, findLongPrompts, type LongPrompts, openProjectReader } from '../method/long-prompts.ts';
import type { Database } from '../project/database/database.ts';
import type { PromptSplit } from '../project/database/schema.ts';
import { importPrompts, listPrompts } from '../project/images/prompts.ts';
import { readGrammar } from '../project/prompts/grammar-input.ts';
import { requireWritable } from '../project/read-only.ts';
import { CollimateError } from '../util/errors.ts';
import { formatNumber, plural } from '../util/text.ts';
import { addExamples, type CliContext } from './context.ts';
import { addConfigFlags } from './flags.ts';
import { numberBetween } from './numbers.ts';
import { withProject } from './with-project.ts';

const FORMATS: Readonly<Record<string, PromptFormat>> = {
  '.csv': 'csv',
  '.tsv': 'csv',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.json': 'jsonl',
};

interface Options {
  split: PromptSplit;
  format?: PromptFormat;
  skipBad?: boolean;
  unseenShare?: number;
  developmentShare?: number;
}

const share = numberBetween(0, 1);

export function register(command: Command, context: CliContext): void {
  command
    .argument('<file>', 'text with one prompt a line, CSV with a column prompt, JSON lines or a JSON list')
    .addOption(
      new Option(
        '--split <split>',
        'let the stages learn from them, choose settings by them, or keep them for evaluation',
      )
        .choices(['seen', 'development', 'unseen'])
        .default('seen'),
    )
    .option(
      '--unseen-share <share>',
      'keep this share of them for evaluation, drawn by the seed; a column split decides',
      share,
    )
    .option('--development-share <share>', 'learn nothing from this share of them, and choose settings by it', share)
    .addOption(new Option('--format <format>', 'default by the name of the file').choices(['text', 'csv', 'jsonl']))
    .option('--skip-bad', 'leave out lines that cannot be read, and list them')
    .action(async (file: string, options: Options) => {
      const { split, format = FORMATS[extname(file).toLowerCase()] ?? 'text', skipBad = false } = options;
      const shares = readShares(options, command);
      const text = readTextFile(file);
      const summary = await withProject(context, command, async (project) => {
        requireWritable(project, 'prompts import');
        const { db, config } = project;
        const grammar = readGrammar(config.prompts.grammar);
        const read = nameErrors(file, () => parsePrompts(format, text, split, grammar));
        if (!skipBad) refuseProblems(file, read);
        const { problems, problemCount, passedOver, repeats, readAs } = read;
        const prompts = shares ? splitByShares(read.prompts, shares, config.seed) : read.prompts;
        const before = new Set((await listPrompts(db)).map(({ id }) => id));
        const added = await importPrompts(db, prompts);
        const splits = await countSplits(db, prompts);
        const withEdits = prompts.filter(({ edits }) => edits !== undefined).length;
        const known = prompts.length - added;
        const long = findLongPrompts(
          openProjectReader(project),
          prompts.filter(({ id }) => !before.has(id)).map(({ text: prompt }) => prompt),
        );
        return {
          added,
          known,
          splits,
          withEdits,
          ...(long && { long }),
          problems,
          problemCount,
          passedOver,
          repeats,
          readAs,
        };
      });
      const learned = summary.splits.seen;
      const next =
        learned > 0 ? 'Next: collimate generate' : 'Nothing to learn from among them: give some the split seen.';
      context.print(summary, `${describe(summary)}\n${next}`);
    });
  addConfigFlags(command, []);
  addExamples(command, [
    'prompts import prompts.txt',
    'prompts import prompts.csv --split unseen',
    'prompts import prompts.txt --unseen-share 0.3 --development-share 0.1',
    'prompts import prompts.jsonl --json',
  ]);
}

function refuseProblems(file: string, { problems, problemCount }: ImportedPrompts): void {
  const [first] = problems;
  if (!first) return;
  throw new CollimateError(
    'USAGE',
    `${file} line ${first.line}: ${first.message}${problemCount > 1 ? `, and ${plural(problemCount - 1, 'more line')} with problems` : ''}`,
    'Nothing was stored; mend the file and import it again, or leave such lines out with --skip-bad.',
  );
}

/** Undefined where all prompts of the file go into one split. */
function readShares(options: Options, command: Command): SplitShares | undefined {
  const { unseenShare, developmentShare } = options;
  if (unseenShare === undefined && developmentShare === undefined) return undefined;
  const shares = { unseen: unseenShare ?? 0, development: developmentShare ?? 0 };
  const problem =
    command.getOptionValueSource('split') === 'cli'
      ? '--split says where all of them belong, and a share where some do'
      : shares.unseen + shares.development > 1
        ? `shares of ${shares.unseen} and ${shares.development} are more than all`
        : undefined;
  if (problem === undefined) return shares;
  throw new CollimateError(
    'USAGE',
    `prompts import: ${problem}`,
    'The rest, which must not be negative, is learned from.',
  );
}

/** Where the prompts of a file are now: those that were there keep their split. */
async function countSplits(db: Database, prompts: readonly { id: string }[]): Promise<Record<PromptSplit, number>> {
  const splits = new Map((await listPrompts(db)).map(({ id, split }) => [id, split]));
  const counts = { seen: 0, development: 0, unseen: 0 };
  for (const { id } of prompts) counts[splits.get(id)!]++;
  return counts;
}

interface Summary extends Pick<ImportedPrompts, 'problems' | 'problemCount' | 'passedOver' | 'repeats' | 'readAs'> {
  added: number;
  known: number;
  splits: Record<PromptSplit, number>;
  withEdits: number;
  long?: LongPrompts;
}

function describe({
  added,
  known,
  splits,
  withEdits,
  long,
  problems,
  problemCount,
  passedOver,
  repeats,
  readAs,
}: Summary): string {
  const more = problemCount - problems.length;
  return [
    `Stored ${plural(added, 'prompt')}${known > 0 ? ` (${plural(known, 'was there already and keeps its', 'were there already and keep their')} split)` : ''}.`,
    `To learn from: ${formatNumber(splits.seen)}. To choose settings by: ${formatNumber(splits.development)}. Kept for evaluation: ${formatNumber(splits.unseen)}.`,
    ...(repeats > 0
      ? [`${plural(repeats, 'line')} had a prompt of another line: it is stored once, as the last of them has it.`]
      : []),
    ...(withEdits > 0 ? [`${formatNumber(withEdits)} came with edits for prompt classification.`] : []),
    ...(long ? describeLongPrompts(long) : []),
    ...Object.entries(readAs).map(([words, count]) => `${formatNumber(count)} × ${words}`),
    ...(problemCount > 0 ? [`Left out ${plural(problemCount, 'line')}:`] : []),
    ...problems.map(({ line, message }) => `  line ${line}: ${message}`),
    ...(more > 0 ? [`  and ${formatNumber(more)} more`] : []),
    ...(passedOver.length > 0 ? [`Columns passed over: ${passedOver.join(', ')}.`] : []),
  ].join('\n');
}
