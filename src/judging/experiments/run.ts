// Running a grid: each cell is computed once and kept as a file named by everything that decides it, so that an
// experiment goes on wherever it stopped, and ends in the same page.

import { existsSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import type { ProjectlessSession } from '../../method/session.ts';
import { resolveModel } from '../../models/inference/embedded.ts';
import { hashModelAside } from '../../models/inference/painter.ts';
import { CONFIG_FILE } from '../../project/config/config-file.ts';
import { createProject, openProject } from '../../project/project.ts';
import { readArtefact } from '../../util/artefact.ts';
import { writeFileAtomic } from '../../util/files.ts';
import { hashJson } from '../../util/hash.ts';
import { throwIfInterrupted } from '../../util/interrupt.ts';
import { nameHeldOut } from './held-out.ts';
import { renderExperiment } from './page.ts';
import { openImagePool } from './pool.ts';
import { type ClaimResult, judgeClaims, type SeedRows, type SummaryRow, summarizeRows } from './summary.ts';
import {
  type CellRow,
  cellRows,
  type Experiment,
  type ExperimentSettings,
  type RewardExperiment,
  type TuningExperiment,
  type Variant,
} from './types.ts';

export interface ExperimentOptions {
  readonly seeds: readonly number[];
  /** Folder of the pool, of cells and of the projects of seeds; shared by all experiments. */
  readonly work: string;
  /** Folder of the results: `<experiment>/results.json` and `<experiment>/index.html`. */
  readonly out: string;
  readonly settings: ExperimentSettings;
  /** The judge's folder, by default the one that ships with the package. */
  readonly judgeDir?: string;
}

export interface ExperimentResult {
  readonly version: 1;
  readonly experiment: string;
  readonly seeds: readonly number[];
  readonly machine: string;
  /** Of the models that the figures depend on. */
  readonly hashes: Readonly<Record<string, string>>;
  readonly settings: ExperimentSettings;
  readonly rows: readonly SummaryRow[];
  readonly claims: readonly ClaimResult[];
  /** The figures of each seed, from which the rows come. */
  readonly cells: readonly SeedRows[];
}

/**
 * Runs the cells that are not there yet and writes page and results.
 *
 * @throws CollimateError INTERRUPTED; what was computed is kept.
 */
export async function runExperiment(
  session: ProjectlessSession,
  asked: Experiment,
  options: ExperimentOptions,
): Promise<ExperimentResult> {
  const experiment = nameHeldOut(asked, options.settings);
  const { cells, hashes } = experiment.tunes
    ? await runTuningCells(session, experiment, options)
    : await runRewardCells(session, experiment, options);
  const result: ExperimentResult = {
    version: 1,
    experiment: experiment.name,
    seeds: options.seeds,
    machine: describeMachine(),
    hashes,
    settings: options.settings,
    rows: summarizeRows(cells),
    claims: judgeClaims(experiment, cells),
    cells,
  };
  const folder = join(options.out, experiment.name);
  writeFileAtomic(join(folder, 'results.json'), `${JSON.stringify(result, null, 1)}\n`);
  writeFileAtomic(join(folder, 'index.html'), renderExperiment(experiment, result));
  return result;
}

interface Grid {
  readonly cells: readonly SeedRows[];
  readonly hashes: Readonly<Record<string, string>>;
}

async function runRewardCells(
  session: ProjectlessSession,
  experiment: RewardExperiment,
  { seeds, work, settings, judgeDir }: ExperimentOptions,
): Promise<Grid> {
  // What is drawn, and by what it is judged, depends on all of the configuration but how models are tuned.
  const { tune: _tune, ...drawn } = settings.config;
  const dir = join(work, `pool-${shortHash(drawn)}`);
  const pool = await openImagePool(session, { dir, config: settings.config, perUnseen: settings.bestOf, judgeDir });
  try {
    const data = hashJson([pool.hashes, [...pool.seen, ...pool.unseen].map(({ id }) => id)]);
    const cells = await runGrid(session, experiment, experiment.variants(settings), { seeds, work, data }, (cell) =>
      cell.variant.run({ pool, seed: cell.seed, folder: cell.folder }),
    );
    return { cells, hashes: pool.hashes };
  } finally {
    await pool.dispose();
  }
}

async function runTuningCells(
  session: ProjectlessSession,
  experiment: TuningExperiment,
  { seeds, work, settings, judgeDir }: ExperimentOptions,
): Promise<Grid> {
  const model = await hashModelAside(resolveModel(settings.config.model ?? 'embedded', join(work, 'seed-0')));
  const { config: shared, unlabelled } = settings;
  const grid = { seeds, work, data: hashJson([model, shared, unlabelled]) };
  const cells = await runGrid(session, experiment, experiment.variants(settings), grid, async ({ variant, seed }) => {
    const config = { ...shared, seed };
    const dir = join(work, `seed-${seed}-${shortHash(config)}`);
    const project = existsSync(join(dir, CONFIG_FILE)) ? await openProject(dir) : await createProject(dir, config);
    const lock = await project.lock('experiment');
    try {
      return await variant.run({ ...session, project, seed, unlabelled, judgeDir });
    } finally {
      lock.release();
      await project.close();
    }
  });
  return { cells, hashes: { model } };
}

/** Names a folder by the settings it was made with: others get one of their own. */
const shortHash = (settings: unknown) => hashJson(settings).slice(0, 8);

interface GridOptions {
  readonly seeds: readonly number[];
  readonly work: string;
  /** The identity of what the cells share. */
  readonly data: string;
}

async function runGrid<C>(
  { progress, signal }: ProjectlessSession,
  { name }: Experiment,
  variants: readonly Variant<C>[],
  { seeds, work, data }: GridOptions,
  run: (cell: { variant: Variant<C>; seed: number; folder: string }) => Promise<readonly CellRow[]>,
): Promise<SeedRows[]> {
  const results: SeedRows[] = [];
  for (const seed of seeds) {
    const rows: CellRow[] = [];
    for (const [i, variant] of variants.entries()) {
      throwIfInterrupted(signal);
      const key = hashJson([name, variant.name, variant.params, seed, data]).slice(0, 16);
      const file = join(work, 'cells', name, `${key}.json`);
      if (!existsSync(file)) {
        progress.note(`${name}: seed ${seed}, ${variant.name} (${i + 1} of ${variants.length})`);
        const found = await run({ variant, seed, folder: join(work, 'cells', name, key) });
        writeFileAtomic(file, `${JSON.stringify(found)}\n`);
      }
      rows.push(...readArtefact(file, cellRows, { again: 'run the same command' }));
    }
    results.push({ seed, rows });
  }
  return results;
}

function describeMachine(): string {
  return `${availableParallelism()} × ${cpus()[0]?.model.trim() ?? 'an unnamed processor'}, ${Math.round(totalmem() / 2 ** 30)} GiB`;
}
