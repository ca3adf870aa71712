// The files that the results page is made from: what experiments and reproductions left in docs/results, and what was written
// down by hand because no command keeps it.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SeedDetails } from '../../src/judging/experiments/details.ts';
import type { SeedResult } from '../../src/judging/experiments/reproduce.ts';
import type { ExperimentResult } from '../../src/judging/experiments/run.ts';

export const RESULTS = fileURLToPath(new URL('../../docs/results', import.meta.url));

/** Seeds of one reproduction. */
export interface Reproduction {
  /** Its folder within docs/results, such as `reproduce`. */
  readonly name: string;
  readonly seeds: readonly SeedResult[];
  /** Of the same seeds; empty where an earlier release, which kept no prompts, ran any of them. */
  readonly details: readonly SeedDetails[];
}

/** A table of figures that were printed by a command, or counted by a person, and written down. */
export interface RecordedTable {
  readonly title: string;
  /** What printed them, or who counted. */
  readonly source: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export interface ResultFiles {
  readonly experiments: readonly ExperimentResult[];
  readonly reproductions: readonly Reproduction[];
  readonly recorded: Readonly<Record<string, RecordedTable>>;
}

export function readResultFiles(dir = RESULTS): ResultFiles {
  const folders = listFolders(dir);
  return {
    experiments: folders.flatMap((folder) => readExperiment(join(folder, 'results.json'))),
    reproductions: folders.flatMap((folder) => readReproduction(folder, relative(dir, folder))),
    recorded: readJson<ResultFiles['recorded']>(join(dir, 'recorded.json')),
  };
}

function listFolders(dir: string): string[] {
  const names = readdirSync(dir, { withFileTypes: true, recursive: true });
  return names
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function readExperiment(path: string): ExperimentResult[] {
  return existsSync(path) ? [readJson<ExperimentResult>(path)] : [];
}

function readReproduction(folder: string, name: string): Reproduction[] {
  const read = <T extends { readonly seed: number }>(pattern: RegExp) =>
    readdirSync(folder)
      .filter((file) => pattern.test(file))
      .map((file) => readJson<T>(join(folder, file)))
      .sort((a, b) => a.seed - b.seed);
  const seeds = read<SeedResult>(/^seed-\d+\.json$/);
  if (seeds.length === 0) return [];
  const details = read<SeedDetails>(/^details-\d+\.json$/);
  const complete = details.map(({ seed }) => seed).join() === seeds.map(({ seed }) => seed).join();
  return [{ name, seeds, details: complete ? details : [] }];
}

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(path, 'utf8')) as T;
}
