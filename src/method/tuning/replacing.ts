// A finished model is hours of work: a run with other settings does not take its place unasked.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { listDifferences } from '../../project/learning/differences.ts';
import { listRecorded } from '../../project/learning/recorded-models.ts';
import { findLatestRun, listRuns } from '../../project/learning/runs.ts';
import { CollimateError } from '../../util/errors.ts';
import { canonicalJson, hashJson } from '../../util/hash.ts';
import type { Session } from '../session.ts';
import type { Prepared, TuneOptions } from './prepare.ts';

/** @throws CollimateError USAGE where another run than one of this config wrote the model of this name. */
export async function checkReplacing(
  { project, progress }: Session,
  { folder, name, continues }: Pick<Prepared, 'folder' | 'name' | 'continues'>,
  config: object,
  { overwrite = false }: TuneOptions,
): Promise<void> {
  // More steps of a finished run are asked for by its name.
  if (continues || !existsSync(join(folder, 'model_index.json'))) return;
  const own = await findLatestRun(project.db, 'tune', { configHash: hashJson(config) });
  if (own?.progress.publishes === folder) return;
  const recorded = (await listRecorded(project, folder))[0];
  const maker = (await listRuns(project.db, { stage: 'tune' })).find(({ id }) => id === recorded?.runId);
  if (maker && canonicalJson(maker.config) === canonicalJson(config)) return;
  const who = maker
    ? `was made by ${maker.id}, from which this command differs in ${listDifferences(maker.config, config).join('; ')}`
    : 'is there, and no run of this project made it';
  if (overwrite) return progress.note(`models/${name} ${who}; it is replaced, as asked.`);
  throw new CollimateError(
    'USAGE',
    `tune: models/${name} ${who}`,
    'Give the new model another --name, or replace that one with --overwrite.',
  );
}
