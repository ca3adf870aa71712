// `collimate evaluate measures`: automatic measures of any model's images, each with an interval.

import type { Command } from 'commander';
import { describeMeasures } from '../judging/measures/describe.ts';
import { measureModels } from '../judging/measures/measure.ts';
import type { PromptSplit } from '../project/database/schema.ts';
import { addExamples, type CliContext } from './context.ts';
import { addConfigFlags } from './flags.ts';
import { createSplitOption } from './split-option.ts';
import { whatIsMade, withStage } from './with-project.ts';

interface Options {
  models: string;
  reference?: string;
  features?: string;
  judge?: string;
  split?: PromptSplit[];
}

export function register(command: Command, context: CliContext): void {
  command
    .option('--models <names>', 'which models, separated by commas, as for evaluate', 'base,tuned')
    .addOption(createSplitOption())
    .option('--reference <dir>', 'folder of pictures to compare with; default renders, in the embedded world')
    .option('--features <file>', 'config of an ONNX network for one more Fréchet distance, such as Inception v3')
    .option('--judge <dir>', "folder of the judge's weights, instead of the one in the package")
    .action(async ({ models, split: splits, ...paths }: Options) => {
      const names = models.split(',').filter(Boolean);
      const { report, path, alreadyDone } = await withStage(
        context,
        command,
        'evaluate measures',
        (session) => measureModels(session, { models: names, splits, ...paths }),
        whatIsMade(command),
      );
      const note = alreadyDone ? 'Already done with these models and settings.\n' : '';
      context.print({ path, alreadyDone, ...report }, `${note}${describeMeasures(report)}\nWritten to ${path}`);
    });
  addConfigFlags(command, ['evaluate', 'generate', 'workers']);
  addExamples(command, [
    'evaluate measures',
    'evaluate measures --models base,tuned --reference coco/val2017',
    'evaluate measures --reference coco/val2017 --features inception.json --json',
  ]);
}
