// Models: the base and what was tuned from it, each known by the hash of its weights.

import { resolve } from 'node:path';
import { type Database, now } from '../database/database.ts';
import type { ModelTable } from '../database/schema.ts';

/** Stores a model; one that is there already stays as it is, apart from its path, which may have moved. */
export async function putModel(
  db: Database,
  model: Omit<ModelTable, 'createdAt' | 'parentHash'> & { parentHash?: string | null },
): Promise<void> {
  const row = { ...model, parentHash: model.parentHash ?? null, createdAt: now() };
  await db
    .insertInto('models')
    .values(row)
    .onConflict((c) => c.column('hash').doUpdateSet({ path: row.path }))
    .execute();
}

export function findModel(db: Database, hash: string): Promise<ModelTable | undefined> {
  return db.selectFrom('models').selectAll().where('hash', '=', hash).executeTakeFirst();
}

/** The model that lies at a path, as the configuration or a row has it; of several that lay there, the one that came last. */
export async function findModelAt(db: Database, dir: string, path: string): Promise<ModelTable | undefined> {
  return (await listModels(db)).reverse().find((model) => resolve(dir, model.path) === resolve(dir, path));
}

/** What a model was made from, and what that was made from, the nearest first. */
export async function listAncestors(db: Database, { parentHash }: ModelTable): Promise<ModelTable[]> {
  const ancestors: ModelTable[] = [];
  for (let hash = parentHash; hash !== null; hash = ancestors.at(-1)!.parentHash) {
    const parent = await findModel(db, hash);
    if (!parent || ancestors.some((known) => known.hash === parent.hash)) break;
    ancestors.push(parent);
  }
  return ancestors;
}

/** All models, in the order in which they came. */
export function listModels(db: Database): Promise<ModelTable[]> {
  return db.selectFrom('models').selectAll().orderBy('createdAt').orderBy('hash').execute();
}

/** Says what a model was made from, where that is not known yet, as of one that was tuned elsewhere. */
export async function adoptModel(db: Database, hash: string, parentHash: string): Promise<void> {
  await db
    .updateTable('models')
    .set({ parentHash })
    .where('hash', '=', hash)
    .where('hash', '!=', parentHash)
    .where('parentHash', 'is', null)
    .execute();
}
