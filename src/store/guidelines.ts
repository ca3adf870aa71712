// Guidelines: the versioned text that tells raters what good and bad mean.

import { type Database, inTransaction, now } from './database.ts';
import type { GuidelineTable } from './schema.ts';

/** Stores `text` as the next version and returns its number; the text of the latest version keeps that number. */
export function addGuideline(db: Database, text: string): Promise<number> {
  return inTransaction(db, async (tx) => {
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
