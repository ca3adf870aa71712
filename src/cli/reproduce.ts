// `collimate reproduce`: the paper's claims on the embedded world, over seeds, with ablations.

import { join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { writePaperFigure } from '../judging/experiments/paper-figures.ts';
import { findRecipe, findRows, RECIPES } from '../judging/experiments/recipes/recipes.ts';
import { openSeed, type ReproduceOptions, reproduceSeed, type SeedResult } from '../judging/experiments/reproduce.ts';
import type { ConfigPatch } from '../project/config/config.ts';
import { throwIfInterrupted } from '../util/interrupt.ts';
import { formatTable } from '../util/text.ts';
import { openWorld } from '../world/worlds/worlds.ts';
import { addExamples, type CliContext } from './context.ts';
import { createSeedsOption, wholeNumber } from './numbers.ts';

interface ReproduceFlags {
  seeds: number[];
  recipe: string;
  rows?: string;
  world?: 'embedded' | 'embedded-2';
  model?: string;
  steps?: number;
  ablations: boolean;
  threads?: number;
  work?: string;
  out?: string;
}

export function register(command: Command, context: CliContext): void {
  command
    .addOption(createSeedsOption())
    .option('--recipe <name>', describeRecipes(), RECIPES[0]!.name)
    .option('--rows <names>', `models tuned beside the method's own, by commas: ${describeRows()}`)
    .addOption(
      new Option(
        '--world <name>',
        'the world to do it in (default that of the recipe: embedded-2 for larger and demo, else embedded)',
      ).choices(WORLDS),
    )
    .option('--model <path>', "base model, instead of the world's")
    .option('--steps <n>', 'steps of tuning instead of the recipe’s', wholeNumber(1))
    .option('--threads <n>', 'threads for one operation on the CPU; 0 takes as many as there are cores', wholeNumber(0))
    .option('--no-ablations', 'the method alone: a third of the time')
    .option(
      '--work <dir>',
      'folder of the projects, one a seed; an interrupted run goes on from them (default reproduce, and reproduce-NAME for another recipe or world)',
    )
    .option('--out <dir>', 'folder of the results (default docs/results/, followed by the folder of the projects)')
    .action(async (flags: ReproduceFlags) => {
      const results: SeedResult[] = [];
      const options = readOptions(flags);
      for (const seed of flags.seeds) results.push(await runSeed(context, { seed, ...options }));
      context.print(results, describe(results));
    });
  addExamples(command, [
    'reproduce',
    'reproduce --seeds 1 --no-ablations --work seeds --out results',
    'reproduce --steps 500 --work short --out results/short',
    'reproduce --recipe paper',
    'reproduce --recipe ours --rows all-timesteps,pairs-alone,shuffled-rewards,weights-1',
    'reproduce --recipe paper --world embedded-2 --seeds 1,2,3',
    'reproduce --recipe larger --seeds 31,32,33',
    'reproduce --recipe demo --seeds 51,52,53',
  ]);
}

const WORLDS = ['embedded', 'embedded-2'] as const;

const describeRecipes = () => RECIPES.map(({ name, about }) => `${name}, ${about}`).join('; ');

function describeRows(): string {
  const rowsOf = RECIPES.map(({ name, rows, usual }) => {
    const all = Object.keys(rows).map((row) => (usual.includes(row) ? row : `(${row})`));
    return `of ${name} ${all.join(' ')}`;
  });
  return `${rowsOf.join('; ')}; those in brackets are tuned where they are named`;
}

/** @throws CollimateError USAGE for a recipe or row that there is none of. */
function readOptions(flags: ReproduceFlags): Omit<ReproduceOptions, 'seed'> {
  const { world, model, steps, threads, ablations, rows } = flags;
  const recipe = findRecipe(flags.recipe);
  const named = rows?.split(',').map((row) => row.trim());
  findRows(recipe, named ?? []);
  const folder = ['reproduce', recipe.name, world ?? recipe.config.world ?? 'embedded']
    .filter((part) => part !== 'ours' && part !== 'embedded')
    .join('-');
  const patch: ConfigPatch = {
    ...(world && { world, model: world, clip: world, prompts: { grammar: world } }),
    ...(model !== undefined && { model: resolve(model) }),
    ...(threads !== undefined && { threads }),
    ...(steps !== undefined && { tune: { maxTrainSteps: steps } }),
  };
  return {
    recipe,
    work: flags.work ?? folder,
    out: flags.out ?? join('docs/results', folder),
    rows: ablations ? (named ?? recipe.usual) : [],
    patch,
  };
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
  const targets = results.flatMap(({ seed, targets }) =>
    targets.map(({ name, wanted, value, reached }) => [
      `seed ${seed}`,
      reached ? 'reached' : 'not reached',
      name,
      value === null ? 'unknown' : value.toFixed(3),
      wanted,
    ]),
  );
  const figures = results.flatMap(({ seed, paper = [] }) =>
    paper.map(({ name, unit, paper: theirs, came }) => [
      `seed ${seed}`,
      name,
      writePaperFigure(unit, came),
      writePaperFigure(unit, theirs),
    ]),
  );
  const beside = figures.length === 0 ? [] : [formatTable([['', 'figure', 'here', 'in the paper'], ...figures])];
  return [...(targets.length === 0 ? [] : [formatTable(targets)]), ...beside].join('\n\n');
}
