// Raters: people and simulated raters. A rater is excluded by a flag; the ratings stay.

import { type Database, now } from './database.ts';
import type { RaterTable } from './schema.ts';

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

/** Leaves a rater's answers out of what is learned from, or takes them in again. */
export async function setRaterExcluded(db: Database, id: string, excluded: boolean): Promise<void> {
  await db
    .updateTable('raters')
    .set({ excluded: excluded ? 1 : 0 })
    .where('id', '=', id)
    .execute();
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
