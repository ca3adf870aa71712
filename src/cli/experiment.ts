// `collimate experiment <name>`: a grid over variants and seeds that ends in one page.

import type { Command } from 'commander';
import { EXPERIMENT_SETTINGS, EXPERIMENTS, findExperiment } from '../experiments/catalogue.ts';
import { type ExperimentResult, runExperiment } from '../experiments/run.ts';
import { CollimateError } from '../util/errors.ts';
import { formatTable } from '../util/text.ts';
import { addExamples, type CliContext } from './context.ts';

interface ExperimentFlags {
  seeds: string;
  work: string;
  out: string;
  threads?: string;
}

export function register(command: Command, context: CliContext): void {
  command
    .argument('<name>', EXPERIMENTS.map(({ name }) => name).join(', '))
    .option('--seeds <list>', 'seeds, separated by commas', '1,2,3')
    .option(
      '--work <dir>',
      'folder of images, cells and projects; an interrupted experiment goes on from them',
      'experiments',
    )
    .option('--out <dir>', 'folder of the results', 'docs/results')
    .option('--threads <number>', 'threads for one operation on the CPU; 0 takes as many as there are cores', '1')
    .action(async (name: string, { seeds, work, out, threads }: ExperimentFlags) => {
      const experiment = findExperiment(name);
      const session = { progress: context.progress(), signal: context.signal };
      const config = { ...EXPERIMENT_SETTINGS.config, threads: readNumbers(threads ?? '1')[0]! };
      const settings = { ...EXPERIMENT_SETTINGS, config };
      const options = { seeds: readNumbers(seeds), work, out, settings };
      const result = await runExperiment(session, experiment, options);
      context.print(result, describe(result, `${out}/${name}/index.html`));
    });
  addExamples(command, [
    'experiment auxiliary-loss',
    'experiment active-labelling --seeds 1,2,3,4,5 --threads 0',
    'experiment methods --work /data/experiments --out results',
  ]);
}

function readNumbers(text: string): number[] {
  const numbers = text.split(',').map(Number);
  if (numbers.every((value) => Number.isSafeInteger(value) && value >= 0)) return numbers;
  throw new CollimateError('USAGE', `experiment: expected whole numbers, got ${text}`, 'Such as --seeds 1,2,3.');
}

function describe({ claims }: ExperimentResult, page: string): string {
  const rows = claims.map(({ text, verdict, difference }) => [
    verdict,
    difference ? difference.estimate.toFixed(3) : '–',
    difference?.low == null ? '' : `${difference.low.toFixed(3)} … ${difference.high!.toFixed(3)}`,
    text,
  ]);
  return [formatTable(rows), '', `Open ${page}`].join('\n');
}
