// `collimate export FORMAT OUT`: images, prompts and answers in a format of the field.

import { type Command, Option } from 'commander';
import { exportProject, FORMATS } from '../method/exchange/formats.ts';
import { IMAGE_PURPOSES, type ImagePurpose } from '../project/database/schema.ts';
import { plural } from '../util/text.ts';
import { addExamples, type CliContext } from './context.ts';
import { addConfigFlags } from './flags.ts';
import { withProject } from './with-project.ts';
import { wordArgument } from './word-argument.ts';

export function register(command: Command, context: CliContext): void {
  command
    .addArgument(wordArgument('<format>', 'which format', Object.keys(FORMATS)))
    .argument('<out>', 'file or folder to write, not there yet')
    .addOption(
      new Option('--purpose <purpose>', 'export images drawn for feedback or evaluation')
        .choices(IMAGE_PURPOSES)
        .default('feedback'),
    )
    .action(async (format: string, out: string, { purpose }: { purpose: ImagePurpose }) => {
      const summary = await withProject(context, command, (project) =>
        exportProject(project, { format, out, purpose }),
      );
      context.print(
        summary,
        `Wrote ${plural(summary.images, 'image')} and ${plural(summary.ratings, 'answer')} to ${summary.out}.`,
      );
    });
  addConfigFlags(command, []);
  const formats = Object.entries(FORMATS).map(([name, { description }]) => `  ${name.padEnd(14)}${description}`);
  command.addHelpText('after', `\nFormats:\n${formats.join('\n')}`);
  addExamples(command, [
    'export imagefolder out/',
    'export imagefolder pictures.zip',
    'export parquet out/ --purpose evaluation',
    'export csv ratings.csv --json',
  ]);
}
