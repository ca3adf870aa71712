// Pairs that came with a choice between their pictures, kept as they came. Votes of the project's own pair studies are those
// studies' business.

import { type Database, insertInChunks, now } from '../database/database.ts';
import type { PreferenceTable } from '../database/schema.ts';
import { listRaters } from './raters.ts';

/** What a file says of a pair beside its pictures and the choice, by the names of its columns. */
export type PreferenceDetails = Readonly<Record<string, string | number | null>>;

/** One choice between two images of a prompt, the first of which stood first where people saw both. */
export interface StoredPreference {
  readonly id: string;
  readonly firstImage: string;
  readonly secondImage: string;
  /** 1 where the first was preferred, 0 where the second was, ½ for a tie. */
  readonly share: number;
  readonly details: PreferenceDetails;
}

/** Stores pairs in their order; those that are there stay. Returns how many were new. */
export function insertPreferences(db: Database, preferences: readonly StoredPreference[]): Promise<number> {
  const createdAt = now();
  const rows = preferences.map((preference, position): PreferenceTable => {
    return { ...preference, details: JSON.stringify(preference.details), position, createdAt };
  });
  return insertInChunks(db, rows, (tx, chunk) =>
    tx
      .insertInto('preferences')
      .values(chunk)
      .onConflict((c) => c.column('id').doNothing()),
  );
}

/** All pairs, in the order in which they came. */
export async function listPreferences(db: Database): Promise<StoredPreference[]> {
  const rows = await db
    .selectFrom('preferences')
    .select(['id', 'firstImage', 'secondImage', 'share', 'details'])
    .orderBy('createdAt')
    .orderBy('position')
    .orderBy('id')
    .execute();
  return rows.map(({ details, ...row }) => ({ ...row, details: JSON.parse(details) as PreferenceDetails }));
}

/** The rater in whose name good and bad answers are made of pairs, for a reward function that looks at one picture at a time. */
export const PAIR_RATER = 'pick-a-pic';

/** The identifiers under which such answers are stored. */
export async function listPairRaters(db: Database): Promise<string[]> {
  const raters = await listRaters(db);
  return raters.filter(({ name, settings }) => name === PAIR_RATER && settings.imported === true).map(({ id }) => id);
}
