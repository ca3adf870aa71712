// `collimate reproduce`: the paper's claims on the embedded world, over seeds, with ablations.

import type { Command } from 'commander';
import { openSeed, reproduceSeed, type SeedResult } from '../recipes/reproduce.ts';
import { CollimateError } from '../util/errors.ts';
import { throwIfInterrupted } from '../util/interrupt.ts';
import { formatTable } from '../util/text.ts';
import { addExamples, type CliContext } from './context.ts';

interface ReproduceFlags {
  seeds: string;
  work: string;
  out: string;
}

export function register(command: Command, context: CliContext): void {
  command
    .option('--seeds <list>', 'seeds, separated by commas', '1,2,3')
    .option('--work <dir>', 'folder of the projects, one a seed; an interrupted run goes on from them', 'reproduce')
    .option('--out <dir>', 'folder of the results', 'docs/results/reproduce')
    .action(async ({ seeds, work, out }: ReproduceFlags) => {
      const results: SeedResult[] = [];
      for (const seed of parseSeeds(seeds)) results.push(await runSeed(context, { seed, work, out }));
      context.print(results, describe(results));
    });
  addExamples(command, ['reproduce', 'reproduce --seeds 1 --work seeds --out results']);
}

function parseSeeds(text: string): number[] {
  const seeds = text.split(',').map(Number);
  if (!seeds.every(Number.isSafeInteger))
    throw new CollimateError(
      'USAGE',
      `reproduce: expected --seeds 1,2,3, got ${text}`,
      'Name whole numbers, separated by commas.',
    );
  return seeds;
}

async function runSeed(context: CliContext, options: { seed: number; work: string; out: string }): Promise<SeedResult> {
  const project = await openSeed(options);
  try {
    const lock = await project.lock('reproduce');
    const progress = context.progress();
    progress.note(`Seed ${options.seed}`);
    try {
      const result = await reproduceSeed({ project, progress, signal: context.signal }, options);
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
