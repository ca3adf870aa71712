// `collimate import FORMAT IN`: images, prompts and answers out of a file or folder.

import type { Command } from 'commander';
import { FORMATS, importFile } from '../method/exchange/formats.ts';
import type { ImportSummary } from '../method/exchange/store-items.ts';
import { formatNumber } from '../util/text.ts';
import { addExamples, type CliContext } from './context.ts';
import { addConfigFlags } from './flags.ts';
import { withProject } from './with-project.ts';

export function register(command: Command, context: CliContext): void {
  command
    .argument('<format>', Object.keys(FORMATS).join(', '))
    .argument('<in>', 'file or folder to read')
    .action(async (format: string, path: string) => {
      const summary = await withProject(context, command, (project) => importFile(project, { format, path }));
      context.print(summary, describeImport(summary));
    });
  addConfigFlags(command, []);
  addExamples(command, [
    'import imagefolder pictures/',
    'import label-studio export.json',
    'import csv ratings.csv --json',
  ]);
}

export function describeImport({ images, knownImages, prompts, ratings, knownRatings }: ImportSummary): string {
  const known = (count: number) => (count > 0 ? ` (${formatNumber(count)} were there already)` : '');
  return `Stored ${formatNumber(images)} images${known(knownImages)}, ${formatNumber(prompts)} prompts and ${formatNumber(ratings)} answers${known(knownRatings)}.`;
}
