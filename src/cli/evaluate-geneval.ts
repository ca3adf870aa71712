// `collimate evaluate geneval`: GenEval's prompts and rules with a detector that the user supplies.

import { type Command, Option } from 'commander';
import { describeGeneval } from '../judging/measures/describe.ts';
import { runGeneval } from '../judging/measures/geneval-run.ts';
import { addExamples, type CliContext } from './context.ts';
import { addConfigFlags } from './flags.ts';
import { withStage } from './with-project.ts';

interface Options {
  models: string;
  metadata: string;
  detector: string;
  colors: 'clip' | 'judge';
  judge?: string;
}

export function register(command: Command, context: CliContext): void {
  command
    .requiredOption('--metadata <file>', "GenEval's evaluation_metadata.jsonl, or lines like its")
    .requiredOption('--detector <file>', 'config of an object detector as an ONNX file')
    .option('--models <names>', 'which models, separated by commas, as for evaluate', 'base,tuned')
    .addOption(
      new Option('--colors <who>', 'who tells colors: CLIP, or the judge of the embedded world')
        .choices(['clip', 'judge'])
        .default('clip'),
    )
    .option('--judge <dir>', "folder of the judge's weights, instead of the one in the package")
    .action(async ({ models, ...options }: Options) => {
      const names = models.split(',').filter(Boolean);
      const { report, path } = await withStage(context, command, 'evaluate geneval', (session) =>
        runGeneval(session, {
          models: names,
          imagesPerPrompt: session.project.config.evaluate.imagesPerPrompt,
          ...options,
        }),
      );
      context.print({ path, ...report }, `${describeGeneval(report)}\nWritten to ${path}`);
    });
  addConfigFlags(command, ['evaluate', 'generate', 'workers']);
  addExamples(command, [
    'evaluate geneval --metadata evaluation_metadata.jsonl --detector yolo.json',
    'evaluate geneval --metadata counts.jsonl --detector detr.json --models base,tuned --json',
  ]);
}
