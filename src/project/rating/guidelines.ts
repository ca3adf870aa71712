// Guidelines: the versioned text that tells raters what good and bad mean.

import { sql } from 'kysely';
import { type Database, inTransaction, isPostgres, now } from '../database/database.ts';
import type { GuidelineTable } from '../database/schema.ts';
import { prepareStatement } from '../database/statements.ts';

/** Stores `text` as the next version and returns its number; the text of the latest version keeps that number. */
export function addGuideline(db: Database, text: string): Promise<number> {
  return inTransaction(db, async (tx) => {
    // Two who add at once would give both texts the same number; those who read are not kept waiting.
    if (isPostgres(tx)) await sql`lock table guidelines in share row exclusive mode`.execute(tx);
    const latest = await findLatestGuideline(tx);
    if (latest?.text === text) return latest.version;
    const version = (latest?.version ?? 0) + 1;
    await tx.insertInto('guidelines').values({ version, text, createdAt: now() }).execute();
    return version;
  });
}

export function findLatestGuideline(db: Database): Promise<GuidelineTable | undefined> {
  return db.selectFrom('guidelines').selectAll().orderBy('version', 'desc').limit(1).executeTakeFirst();
}

/** The numbers of all versions, rising, with when each came. */
export function listVersions(db: Database): Promise<Pick<GuidelineTable, 'version' | 'createdAt'>[]> {
  return selectVersions(db);
}

const selectVersions = prepareStatement((db) =>
  db.selectFrom('guidelines').select(['version', 'createdAt']).orderBy('version'),
);

/** All versions, the latest first, with how many ratings were given under each. */
export async function listGuidelines(db: Database): Promise<(GuidelineTable & { answers: number })[]> {
  const rows = await db
    .selectFrom('guidelines')
    .selectAll('guidelines')
    .select((e) =>
      e
        .selectFrom('ratings')
        .select((of) => of.fn.countAll<number | string>().as('count'))
        .whereRef('ratings.guidelineVersion', '=', 'guidelines.version')
        .as('answers'),
    )
    .orderBy('version', 'desc')
    .execute();
  return rows.map((row) => ({ ...row, answers: Number(row.answers) }));
}

/** The latest version with exactly this text. */
export async function findGuidelineVersion(db: Database, text: string): Promise<number | undefined> {
  const row = await db
    .selectFrom('guidelines')
    .select('version')
    .where('text', '=', text)
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.version;
}
