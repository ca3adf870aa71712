// `collimate restore <from> <to>`: a project out of a backup, and whether its files are what was recorded.

import type { Command } from 'commander';
import { checkProject } from '../judging/status/check.ts';
import { restore } from '../project/backup.ts';
import { openProject } from '../project/project.ts';
import { CollimateError } from '../util/errors.ts';
import { plural } from '../util/text.ts';
import { addExamples, type CliContext } from './context.ts';

export function register(command: Command, context: CliContext): void {
  command
    .argument('<from>', 'folder that `collimate backup` made')
    .argument('<to>', 'folder of the project, not there yet')
    .action(async (from: string, to: string) => {
      const options = { progress: context.progress(), signal: context.signal };
      const copied = restore(from, to, options);
      const project = await openProject(to, { env: context.env, flags: [] });
      const { problems } = await checkProject(project, options.progress, options.signal).finally(() => project.close());
      if (problems > 0)
        throw new CollimateError(
          'MISMATCH',
          `restore: ${plural(problems, 'file')} of ${to} changed or missing`,
          `\`collimate check --project ${to}\` names them. The backup is as it was.`,
        );
      context.print(
        { to, ...copied, problems },
        `${to} is the project again: the database and ${plural(copied.files, 'file')}, each as it was recorded.\nNext: collimate studio ${to}`,
      );
    });
  addExamples(command, ['restore /mnt/backups/dogs ~/dogs']);
}
