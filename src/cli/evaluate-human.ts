// `collimate evaluate human`: makes a pair study, says how far it has come, and how many pairs one needs.

import { resolve } from 'node:path';
import type { Command } from 'commander';
import { frameNotice } from '../judging/verdict/describe.ts';
import { makeHumanStudy } from '../judging/verdict/make-study.ts';
import { makePairStudy } from '../judging/verdict/pair-folder.ts';
import { parseComparisons } from '../judging/verdict/plan.ts';
import { simulateStudy } from '../judging/verdict/simulate.ts';
import { requireWorld } from '../method/session.ts';
import type { PromptSplit } from '../project/database/schema.ts';
import { readStudyProgress } from '../project/studies/study-votes.ts';
import { planPairs } from '../statistics/power.ts';
import { CollimateError } from '../util/errors.ts';
import { plural } from '../util/text.ts';
import { addExamples, type CliContext } from './context.ts';
import { addConfigFlags } from './flags.ts';
import { numberBetween, wholeNumber } from './numbers.ts';
import { createSplitOption } from './split-option.ts';
import { withStage } from './with-project.ts';

interface Options {
  split?: PromptSplit[];
  pairs?: string;
  name: string;
  compare: string;
  ratersPerPair: number;
  pairsPerPrompt: number;
  simulate?: boolean;
  simulatedRaters?: number;
  judge?: string;
  power?: boolean;
  win: number;
  lose: number;
  chance: number;
}

const count = wholeNumber(1, 1000);
const share = numberBetween(0, 1);

export function register(command: Command, context: CliContext): void {
  command
    .option('--name <name>', 'name of the study', 'human')
    .option('--compare <pairs>', 'who against whom; wins are those of the first of each two', 'tuned:base')
    .addOption(createSplitOption())
    .option('--pairs <folder>', 'a folder of pictures in pairs, instead of drawing any (docs/human-study.md)')
    .option('--raters-per-pair <number>', 'raters who see each pair', count, 9)
    .option('--pairs-per-prompt <number>', 'pairs of each prompt and comparison', count, 1)
    .option('--simulate', 'have simulated raters answer; of the embedded world alone')
    .option('--simulated-raters <number>', 'how many simulated raters there are; default as many as see a pair', count)
    .option('--judge <dir>', "folder of the judge's weights, instead of the one in the package")
    .option('--power', 'only say how many pairs are needed to find an effect')
    .option('--win <share>', 'with --power: share of pairs won', share, 0.5)
    .option('--lose <share>', 'with --power: share of pairs lost', share, 0.3)
    .option('--chance <share>', 'with --power: the chance to find it', share, 0.8)
    .action((options: Options) => (options.power ? plan(options, context) : study(options, command, context)));
  addConfigFlags(command, ['evaluate', 'generate']);
  addExamples(command, [
    'evaluate human --power --win 0.5 --lose 0.3',
    'evaluate human',
    'evaluate human --name best --compare tuned:base,tuned:best-of-16 --raters-per-pair 9',
    'evaluate human --simulate',
    'evaluate human --pairs docs/human-study/pairs --name evening',
  ]);
}

function plan({ win, lose, chance }: Options, context: CliContext): void {
  if (win + lose > 1)
    throw new CollimateError(
      'USAGE',
      `evaluate human: ${win} won and ${lose} lost are more than all pairs`,
      'The rest are ties.',
    );
  const result = planPairs({ win, lose }, { power: chance });
  const { pairs, reached, halfWidth } = result;
  const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
  const text =
    pairs === null
      ? `No number of pairs up to 20,000 finds ${percent(win)} wins against ${percent(lose)} losses with a chance of ${percent(result.power)}.`
      : `${pairs} pairs of different prompts: a sign test at level 0.05 then finds ${percent(win)} wins against ${percent(lose)} losses (by majority) with a chance of ${percent(reached)}, ` +
        `and wins less losses are told to about ± ${percent(halfWidth)}.\nThat many in each group that is to be told apart, such as unseen prompts; nine raters a pair make ${9 * pairs} looks at a pair.`;
  context.print(result, text);
}

async function study(options: Options, command: Command, context: CliContext): Promise<void> {
  const { name, judge, ratersPerPair, pairsPerPrompt, simulatedRaters: raters } = options;
  const comparisons = parseComparisons(options.compare);
  const { pairs: folder } = options;
  const result = await withStage(context, command, 'evaluate human', async (session) => {
    const made =
      folder === undefined
        ? await makeHumanStudy(session, {
            name,
            comparisons,
            ratersPerPair,
            pairsPerPrompt,
            splits: options.split,
            simulated: options.simulate,
          })
        : await makePairStudy(session.project, resolve(folder), {
            name,
            ratersPerPair,
            simulatedBy: options.simulate ? requireWorld(session, 'evaluate human --simulate') : undefined,
          });
    const added = options.simulate
      ? await simulateStudy(session, made, { ...(judge !== undefined && { judge }), ...(raters && { raters }) })
      : 0;
    return { made, added, progress: await readStudyProgress(session.project.db, made) };
  });
  const { made, added, progress } = result;
  const next =
    progress.pairsDone === progress.pairs || options.simulate
      ? `Next: collimate evaluate verdict ${made.name}`
      : 'Raters answer in the studio: collimate studio';
  const text = [
    `${frameNotice(options.simulate ? 'all' : 'none')}Study ${made.name}: ${plural(progress.pairs, 'pair')} of ${made.contestants.map((one) => one.name).join(', ')}, ${plural(made.ratersPerPair, 'rater')} each.`,
    `Prompts, pairs and plan are registered as ${made.registration.slice(0, 12)}, before the first answer.`,
    `${added > 0 ? `${plural(added, 'answer')} added. ` : ''}Answered: ${progress.answered} of ${plural(progress.wanted, 'look')}. Done: ${plural(progress.pairsDone, 'pair')}.`,
    '',
    next,
  ].join('\n');
  context.print({ study: made, added, progress }, text);
}
