// `collimate report`: the story of the project as one HTML file and the same figures as JSON.

import { basename, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { writeReport } from '../judging/report/report.ts';
import { requireWritable } from '../project/read-only.ts';
import { addExamples, type CliContext } from './context.ts';
import { addConfigFlags } from './flags.ts';
import { withProject } from './with-project.ts';

export function register(command: Command, context: CliContext): void {
  command.option('--out <folder>', "write into a folder of the project's name below this one, in place of the project");
  command.action(async ({ out }: { out?: string }) => {
    const { html, json, missing } = await withProject(context, command, (project) => {
      if (out === undefined) requireWritable(project, 'report');
      const dir = out === undefined ? project.dir : join(resolve(out), basename(project.dir));
      return writeReport({ project: { ...project, dir }, progress: context.progress() });
    });
    const left = missing.length > 0 ? `\nLeft out, since their stages have not run: ${missing.join(', ')}.` : '';
    context.print({ html, json, missing }, `Wrote ${html}\nand   ${json}${left}`);
  });
  addConfigFlags(command, []);
  addExamples(command, ['report', 'report --out ~/reports', 'report --json']);
}
