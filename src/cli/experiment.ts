// `collimate experiment <name>`: a grid over variants and seeds that ends in one page. Called in a project on servers, it has
// that project's workers make cells that tune.

import { type Command, Option } from 'commander';
import { EXPERIMENTS, findExperiment, settingsFor } from '../judging/experiments/catalogue.ts';
import { type ExperimentResult, runExperiment } from '../judging/experiments/run.ts';
import { formatTable } from '../util/text.ts';
import { openWorld } from '../world/worlds/worlds.ts';
import { addExamples, type CliContext } from './context.ts';
import { createSeedsOption, wholeNumber } from './numbers.ts';
import { withCrewIfAny } from './with-project.ts';
import { wordArgument } from './word-argument.ts';

interface ExperimentFlags {
  seeds: number[];
  work: string;
  out: string;
  threads: number;
  world: 'embedded' | 'embedded-2';
  quick?: boolean;
}

export function register(command: Command, context: CliContext): void {
  command
    .addArgument(
      wordArgument(
        '<name>',
        'which experiment',
        EXPERIMENTS.map(({ name }) => name),
      ),
    )
    .addOption(createSeedsOption())
    .option(
      '--work <dir>',
      'folder of images, cells and projects; an interrupted experiment goes on from them',
      'experiments',
    )
    .option('--out <dir>', 'folder of the results', 'docs/results')
    .option(
      '--threads <number>',
      'threads for one operation on the CPU; 0 takes as many as there are cores',
      wholeNumber(0),
      1,
    )
    .addOption(
      new Option('--world <name>', 'the world to do it in; another one takes a --work of its own')
        .choices(['embedded', 'embedded-2'])
        .default('embedded'),
    )
    .option('--quick', 'so few images and steps that the figures say nothing: to see that all of it runs')
    .action(async (name: string, { seeds, work, out, threads, world, quick }: ExperimentFlags) => {
      const experiment = findExperiment(name);
      const progress = context.progress();
      const session = { world: openWorld({ world }), progress, signal: context.signal };
      const sized = settingsFor(experiment, { world, quick });
      const settings = { ...sized, config: { ...sized.config, threads } };
      const result = await withCrewIfAny(context, command, progress, (cellCrew) =>
        runExperiment(session, experiment, { seeds, work, out, settings, cellCrew }),
      );
      context.print(result, describe(result, `${out}/${name}/index.html`));
    });
  addExamples(command, [
    'experiment auxiliary-loss',
    'experiment active-labelling --seeds 1,2,3,4,5 --threads 0',
    'experiment methods --work /data/experiments --out results',
    'experiment methods --world embedded-2 --seeds 1,2,3 --work second-world --out results/second-world',
    'experiment methods --project shared',
  ]);
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
