// `collimate import FORMAT IN`: images, prompts and answers out of a file or folder.

import type { Command } from 'commander';
import { describeImport } from '../method/exchange/describe-import.ts';
import { FORMATS, importFile } from '../method/exchange/formats.ts';
import { requireWritable } from '../project/read-only.ts';
import { addExamples, type CliContext } from './context.ts';
import { addConfigFlags } from './flags.ts';
import { listCutPrompts } from './long-prompts.ts';
import { withProject } from './with-project.ts';
import { wordArgument } from './word-argument.ts';

export function register(command: Command, context: CliContext): void {
  command
    .addArgument(wordArgument('<format>', 'which format', Object.keys(FORMATS)))
    .argument('<in>', 'file or folder to read')
    .option('--skip-bad', 'leave out rows and pictures that cannot be read, and list them')
    .action(async (format: string, path: string, { skipBad }: { skipBad?: boolean }) => {
      const { stored: summary, cut } = await withProject(context, command, (project) => {
        requireWritable(project, 'import');
        return listCutPrompts(project, () => importFile(project, { format, path, skipBad }));
      });
      context.print(summary, [describeImport(summary), ...cut].join('\n'));
    });
  addConfigFlags(command, []);
  addExamples(command, [
    'import imagefolder pictures/',
    'import label-studio export.json',
    'import csv labels.csv --skip-bad',
    'import csv ratings.csv --json',
  ]);
}
