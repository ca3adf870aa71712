// `collimate report`: the story of the project as one HTML file and the same figures as JSON.

import type { Command } from 'commander';
import { writeReport } from '../judging/report/report.ts';
import { addExamples, type CliContext } from './context.ts';
import { addConfigFlags } from './flags.ts';
import { withProject } from './with-project.ts';

export function register(command: Command, context: CliContext): void {
  command.action(async () => {
    const { html, json, missing } = await withProject(context, command, (project) =>
      writeReport({ project, progress: context.progress() }),
    );
    const left = missing.length > 0 ? `\nLeft out, since their stages have not run: ${missing.join(', ')}.` : '';
    context.print({ html, json, missing }, `Wrote ${html}\nand   ${json}${left}`);
  });
  addConfigFlags(command, []);
  addExamples(command, ['report', 'report --json']);
}
