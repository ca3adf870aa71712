// Running a grid: each cell is computed once and kept as a file named by everything that decides it, so that an
// experiment goes on wherever it stopped, and ends in the same page.

import { existsSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import type { ProjectlessSession } from '../../method/session.ts';
import { resolveClip, resolveModel } from '../../models/inference/embedded.ts';
import { hashModelAside } from '../../models/inference/painter.ts';
import { readArtefact } from '../../util/artefact.ts';
import { writeFileAtomic } from '../../util/files.ts';
import { hashJson } from '../../util/hash.ts';
import { throwIfInterrupted } from '../../util/interrupt.ts';
import { type CellCrew, makeCellsByWorkers } from './cell-work.ts';
import { type Cell, cellKey, nameSettings, runTuningCell, tuningData } from './cells.ts';
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
  /** Workers who make the cells of experiments that tune; others compute in this process. */
  readonly cellCrew?: CellCrew | undefined;
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
  const dir = join(work, `pool-${nameSettings(drawn)}`);
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
  options: ExperimentOptions,
): Promise<Grid> {
  const { work, settings, cellCrew } = options;
  const place = join(work, 'seed-0');
  const dir = resolveModel(settings.config.model ?? 'embedded', place);
  const hash = await hashModelAside(dir);
  const grid = { ...options, data: tuningData(hash, settings) };
  const variants = experiment.variants(settings);
  if (cellCrew && (await cellCrew.crew.isThere('cell'))) {
    const { name } = experiment;
    const cells = listMissing(name, variants, grid);
    const clipDir = resolveClip(settings.config.clip ?? 'embedded', place);
    const keep = (key: string, rows: readonly CellRow[]) => keepCell(cellFile(work, name, key), rows);
    const order = { experiment: name, settings, model: { dir, hash }, clipDir, cells, keep };
    if (cells.size > 0) await makeCellsByWorkers(session, cellCrew, order);
  }
  const cells = await runGrid(session, experiment, variants, grid, (cell) => runTuningCell(session, cell, options));
  return { cells, hashes: { model: hash } };
}

interface GridOptions {
  readonly seeds: readonly number[];
  readonly work: string;
  /** The identity of what the cells share. */
  readonly data: string;
}

const cellFile = (work: string, name: string, key: string) => join(work, 'cells', name, `${key}.json`);

function keepCell(file: string, rows: readonly CellRow[]): void {
  writeFileAtomic(file, `${JSON.stringify(rows)}\n`);
}

/** The cells that have no file yet, seed by seed, by their keys. */
function listMissing<C>(
  name: string,
  variants: readonly Variant<C>[],
  { seeds, work, data }: GridOptions,
): Map<string, Cell<C>> {
  const cells = seeds.flatMap((seed) => variants.map((variant) => ({ variant, seed })));
  const named = cells.map((cell) => [cellKey(name, cell, data), cell] as const);
  return new Map(named.filter(([key]) => !existsSync(cellFile(work, name, key))));
}

async function runGrid<C>(
  { progress, signal }: ProjectlessSession,
  { name }: Experiment,
  variants: readonly Variant<C>[],
  { seeds, work, data }: GridOptions,
  run: (cell: Cell<C> & { folder: string }) => Promise<readonly CellRow[]>,
): Promise<SeedRows[]> {
  const results: SeedRows[] = [];
  for (const seed of seeds) {
    const rows: CellRow[] = [];
    for (const [i, variant] of variants.entries()) {
      throwIfInterrupted(signal);
      const key = cellKey(name, { variant, seed }, data);
      const file = cellFile(work, name, key);
      if (!existsSync(file)) {
        progress.note(`${name}: seed ${seed}, ${variant.name} (${i + 1} of ${variants.length})`);
        keepCell(file, await run({ variant, seed, folder: join(work, 'cells', name, key) }));
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
