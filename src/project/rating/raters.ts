// Raters: people and simulated raters. A rater is excluded by a flag; the ratings stay.

import { type Database, inTransaction, isPostgres, now } from '../database/database.ts';
import type { RaterTable } from '../database/schema.ts';
import { prepareStatement } from '../database/statements.ts';
import { recountQueueItems } from './queue-items.ts';

/** A rater; `settings` of a simulated one are its error and skip rates and its seed. */
export interface Rater {
  id: string;
  name: string;
  kind: 'human' | 'simulated';
  settings: Record<string, unknown>;
  excluded: boolean;
}

/** Stores a rater, or brings the name and settings of the one with this `id` up to date. */
export async function putRater(db: Database, rater: Omit<Rater, 'excluded'>): Promise<void> {
  const { id, name, kind } = rater;
  const settings = JSON.stringify(rater.settings);
  await db
    .insertInto('raters')
    .values({ id, name, kind, settings, excluded: 0, createdAt: now() })
    .onConflict((c) => c.column('id').doUpdateSet({ name, settings }))
    .execute();
}

export async function listRaters(db: Database): Promise<Rater[]> {
  return (await db.selectFrom('raters').selectAll().orderBy('id').execute()).map(toRater);
}

/**
 * Leaves a rater's answers out of what is learned from, or takes them in again. Images that now lack answers come back
 * into the queue. Nothing is deleted.
 */
export async function setRaterExcluded(db: Database, id: string, excluded: boolean): Promise<void> {
  await inTransaction(db, async (tx) => {
    await tx
      .updateTable('raters')
      .set({ excluded: excluded ? 1 : 0 })
      .where('id', '=', id)
      .execute();
    const rated = await tx.selectFrom('ratings').select('imageId').where('raterId', '=', id).execute();
    await recountQueueItems(
      tx,
      rated.map(({ imageId }) => imageId),
    );
  });
}

function toRater(row: RaterTable): Rater {
  const { id, name, kind } = row;
  return {
    id,
    name,
    kind,
    settings: JSON.parse(row.settings) as Record<string, unknown>,
    excluded: row.excluded === 1,
  };
}

/** Raters by identifier, held until the transaction of `tx` ends; always in one order, so that two do not wait for each other. */
export async function lockRaters(tx: Database, ids: readonly string[]): Promise<Map<string, { excluded: boolean }>> {
  const rows = await selectLocked(tx, ids);
  return new Map(rows.map(({ id, excluded }) => [id, { excluded: excluded === 1 }]));
}

const selectLocked = prepareStatement((tx, ids: readonly string[]) =>
  tx
    .selectFrom('raters')
    .select(['id', 'excluded'])
    .where('id', 'in', ids)
    .orderBy('id')
    .$if(isPostgres(tx), (query) => query.forNoKeyUpdate()),
);
