// `collimate evaluate`: base, tuned models and the best of N, on the same prompts and seeds.

import type { Command } from 'commander';
import { describeEvaluation } from '../judging/evaluation/describe.ts';
import { foreseeEvaluate } from '../judging/evaluation/foresee-evaluate.ts';
import { describeMeasures } from '../judging/measures/describe.ts';
import { evaluateModels, type ModelsEvaluated } from '../judging/measures/evaluate-models.ts';
import type { PromptSplit } from '../project/database/schema.ts';
import { addExamples, type CliContext } from './context.ts';
import { addDryRun, tellForesight } from './dry-run.ts';
import { addConfigFlags } from './flags.ts';
import { createSplitOption, describeOpenings } from './split-option.ts';
import { whatIsMade, withStage } from './with-project.ts';

interface Options {
  models: string;
  reference?: string;
  split?: PromptSplit[];
  dryRun?: boolean;
}

export function register(command: Command, context: CliContext): void {
  command
    .option(
      '--models <names>',
      'what to compare with the base, separated by commas: tuned, checkpoint-<step>, NAME/checkpoint-<step>, a name in models/, or a folder',
      'base,tuned',
    )
    .addOption(createSplitOption())
    .option('--reference <dir>', 'folder of pictures to compare with, for prompts that no judge knows')
    .action(async ({ models, reference, split: splits, dryRun }: Options) => {
      const names = models.split(',').filter(Boolean);
      if (dryRun)
        return tellForesight(context, command, (session) => foreseeEvaluate(session, { models: names, splits }));
      const found = await withStage(
        context,
        command,
        'evaluate',
        (session) => evaluateModels(session, { models: names, splits, ...(reference !== undefined && { reference }) }),
        whatIsMade(command),
      );
      context.print(asData(found), describe(found, names));
    });
  addDryRun(command);
  addConfigFlags(command, ['evaluate', 'generate', 'workers']);
  addExamples(command, [
    'evaluate',
    'evaluate --models base,checkpoint-100,tuned',
    'evaluate --split unseen',
    'evaluate --best-of 0 --json',
  ]);
}

function asData({ judged, measured, prompts, unknown, reason, openings }: ModelsEvaluated) {
  const { items: _items, ...figures } = judged?.report ?? { items: null };
  return {
    ...(judged && { path: judged.path, alreadyDone: judged.alreadyDone, ...figures }),
    ...(measured && { measures: { path: measured.path, alreadyDone: measured.alreadyDone, ...measured.report } }),
    testSetOpened: openings,
    ...(unknown > 0 && { withoutJudge: { prompts: unknown, of: prompts, reason } }),
  };
}

function describe(
  { judged, measured, prompts, unknown, reason, openings }: ModelsEvaluated,
  names: readonly string[],
): string {
  const told = ({ alreadyDone, path }: { alreadyDone: boolean; path: string }, text: string) =>
    `${alreadyDone ? 'Already done with these models and settings.\n' : ''}${text}\nWritten to ${path}\nNext: collimate report`;
  const rival = names.find((name) => name !== 'base') ?? 'tuned';
  return [
    ...(judged ? [told(judged, describeEvaluation(judged.report))] : []),
    ...(measured
      ? [
          `No judge knows these pictures: ${unknown} of ${prompts} prompts, since ${reason}. Measures instead:`,
          told(measured, describeMeasures(measured.report)),
          `Have people judge: collimate evaluate human --compare ${rival}:base`,
        ]
      : []),
    ...describeOpenings(openings),
  ].join('\n\n');
}
