// `collimate init [dir]`: makes a project folder.

import { relative } from 'node:path';
import type { Command } from 'commander';
import { CONFIG_FILE, createProject } from '../store/project.ts';
import { addExamples, type CliContext } from './context.ts';

export function register(command: Command, context: CliContext): void {
  command.argument('[dir]', 'folder of the project; made where it does not exist', '.').action(async (dir: string) => {
    const project = await createProject(dir);
    await project.close();
    const { dir: path } = project;
    const go = relative(process.cwd(), path);
    context.print(
      { dir: path, config: `${path}/${CONFIG_FILE}` },
      `Made a project in ${path}.\nNext: ${go ? `cd ${go} && ` : ''}collimate generate`,
    );
  });
  addExamples(command, ['init', 'init dogs', 'init dogs --json']);
}
