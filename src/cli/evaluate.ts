// `collimate evaluate`: base, tuned models and the best of N, on the same prompts and seeds.

import type { Command } from 'commander';
import { describeEvaluation } from '../judging/evaluation/describe.ts';
import { evaluate } from '../judging/evaluation/evaluate.ts';
import { addExamples, type CliContext } from './context.ts';
import { addConfigFlags } from './flags.ts';
import { withStage } from './with-project.ts';

export function register(command: Command, context: CliContext): void {
  command
    .option(
      '--models <names>',
      'what to compare with the base, separated by commas: tuned, checkpoint-<step>, a name in models/, or a folder',
      'base,tuned',
    )
    .action(async ({ models }: { models: string }) => {
      const names = models.split(',').filter(Boolean);
      const { report, path, alreadyDone } = await withStage(context, command, 'evaluate', (session) =>
        evaluate(session, { models: names }),
      );
      const { items: _items, ...figures } = report;
      const note = alreadyDone ? 'Already done with these models and settings.\n' : '';
      context.print({ path, alreadyDone, ...figures }, `${note}${describeEvaluation(report)}\nWritten to ${path}`);
    });
  addConfigFlags(command, ['evaluate', 'generate']);
  addExamples(command, ['evaluate', 'evaluate --models base,checkpoint-100,tuned', 'evaluate --best-of 0 --json']);
}
