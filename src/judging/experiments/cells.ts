// The cells of an experiment that tunes: what names one, and how one is computed in a project of its seed.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ProjectlessSession } from '../../method/session.ts';
import { CONFIG_FILE } from '../../project/config/config-file.ts';
import { createProject, openProject } from '../../project/project.ts';
import { hashJson } from '../../util/hash.ts';
import type { CellRow, ExperimentSettings, TuningContext, Variant } from './types.ts';

/** A cell of a grid: one variant at one seed. */
export interface Cell<C> {
  readonly variant: Variant<C>;
  readonly seed: number;
}

/** Everything that decides a cell's figures, as a name for its file. `data` is the identity of what all cells share. */
export function cellKey<C>(experiment: string, { variant, seed }: Cell<C>, data: string): string {
  return hashJson([experiment, variant.name, variant.params, seed, data]).slice(0, 16);
}

/** The identity of what the cells of an experiment that tunes share. */
export function tuningData(model: string, { config, unlabelled }: ExperimentSettings): string {
  return hashJson([model, config, unlabelled]);
}

/** Names a folder by the settings it was made with: others get one of their own. */
export const nameSettings = (settings: unknown) => hashJson(settings).slice(0, 8);

/** Runs a variant in the project of its seed below `work`, which is made where it is not there yet. */
export async function runTuningCell(
  session: ProjectlessSession,
  { variant, seed }: Cell<TuningContext>,
  { work, settings, judgeDir }: { work: string; settings: ExperimentSettings; judgeDir?: string | undefined },
): Promise<readonly CellRow[]> {
  const config = { ...settings.config, seed };
  const dir = join(work, `seed-${seed}-${nameSettings(config)}`);
  const project = existsSync(join(dir, CONFIG_FILE)) ? await openProject(dir) : await createProject(dir, config);
  const lock = await project.lock('experiment');
  const { world, progress, signal } = session;
  try {
    return await variant.run({ world, progress, signal, project, seed, unlabelled: settings.unlabelled, judgeDir });
  } finally {
    lock.release();
    await project.close();
  }
}
