// `collimate reproduce`: the paper's claims on the embedded world, over seeds, with ablations.

import type { Command } from 'commander';
import { openSeed, type ReproduceOptions, reproduceSeed, type SeedResult } from '../judging/experiments/reproduce.ts';
import { throwIfInterrupted } from '../util/interrupt.ts';
import { formatTable } from '../util/text.ts';
import { openWorld } from '../world/worlds/worlds.ts';
import { addExamples, type CliContext } from './context.ts';
import { createSeedsOption, wholeNumber } from './numbers.ts';

interface ReproduceFlags {
  seeds: number[];
  steps?: number;
  ablations: boolean;
  work: string;
  out: string;
}

export function register(command: Command, context: CliContext): void {
  command
    .addOption(createSeedsOption())
    .option('--steps <n>', 'steps of tuning instead of 1500', wholeNumber(1))
    .option('--no-ablations', 'the method alone: a third of the time')
    .option('--work <dir>', 'folder of the projects, one a seed; an interrupted run goes on from them', 'reproduce')
    .option('--out <dir>', 'folder of the results', 'docs/results/reproduce')
    .action(async ({ seeds, steps, ablations, work, out }: ReproduceFlags) => {
      const results: SeedResult[] = [];
      const patch = steps === undefined ? {} : { tune: { maxTrainSteps: steps } };
      for (const seed of seeds) results.push(await runSeed(context, { seed, work, out, ablations, patch }));
      context.print(results, describe(results));
    });
  addExamples(command, [
    'reproduce',
    'reproduce --seeds 1 --no-ablations --work seeds --out results',
    'reproduce --steps 500 --work short --out results/short',
  ]);
}

async function runSeed(context: CliContext, options: ReproduceOptions): Promise<SeedResult> {
  const project = await openSeed(options);
  try {
    const lock = await project.lock('reproduce');
    const progress = context.progress();
    progress.note(`Seed ${options.seed}`);
    try {
      const result = await reproduceSeed(
        { project, world: openWorld(project.config), progress, signal: context.signal },
        options,
      );
      throwIfInterrupted(context.signal);
      return result;
    } finally {
      await lock.release();
    }
  } finally {
    await project.close();
  }
}

function describe(results: readonly SeedResult[]): string {
  return formatTable(
    results.flatMap(({ seed, targets }) =>
      targets.map(({ name, wanted, value, reached }) => [
        `seed ${seed}`,
        reached ? 'reached' : 'not reached',
        name,
        value === null ? 'unknown' : value.toFixed(3),
        wanted,
      ]),
    ),
  );
}
