// Whether a model that a run of the project made is still what was recorded of it.

import { relative } from 'node:path';
import { CollimateError } from '../../util/errors.ts';
import type { Database } from '../database/database.ts';

/** A model that runs wrote to a folder; of several runs into one, each has a row. */
export interface RecordedModel {
  readonly hash: string;
  readonly runId: string;
}

/** What tuning runs wrote to this folder, the latest first; none for models from elsewhere. */
export async function listRecorded(
  { db, dir }: { readonly db: Database; readonly dir: string },
  folder: string,
): Promise<RecordedModel[]> {
  return db
    .selectFrom('models')
    .innerJoin('checkpoints', 'checkpoints.modelHash', 'models.hash')
    .where('models.path', 'in', [relative(dir, folder), folder])
    .select(['models.hash', 'checkpoints.runId'])
    .orderBy('checkpoints.createdAt', 'desc')
    .execute();
}

/**
 * Compares a model's hash with what was recorded for its folder.
 *
 * @throws CollimateError MISMATCH where a run of this project wrote another model there
 */
export async function checkRecorded(
  project: { readonly db: Database; readonly dir: string },
  folder: string,
  hash: string,
): Promise<void> {
  const recorded = await listRecorded(project, folder);
  if (recorded.length === 0 || recorded.some((model) => model.hash === hash)) return;
  throw changedModel(folder, recorded[0]!.hash, hash);
}

function changedModel(folder: string, recorded: string, found: string): CollimateError {
  const short = (hash: string) => hash.slice(0, 12);
  return new CollimateError(
    'MISMATCH',
    `${folder}: expected the model ${short(recorded)} that tuning wrote there, got ${short(found)}: files were changed or damaged`,
    'Run the same `collimate tune` again, which writes it anew from its checkpoint, restore a copy, or give a changed model another name.',
  );
}
