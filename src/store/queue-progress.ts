// Counts of the rating queue.

import { sql } from 'kysely';
import { type Database, now } from './database.ts';

/** Images of a queue that are to be rated, and their answers, at most `wanted` an image. */
export async function countQueue(
  db: Database,
  purpose: string,
  wanted: number,
): Promise<{ images: number; answers: number }> {
  const row = await db
    .selectFrom('queueItems')
    .select([
      sql<number | string>`count(*)`.as('images'),
      sql<number | string | null>`sum(case when answers < ${wanted} then answers else ${wanted} end)`.as('answers'),
    ])
    .where('purpose', '=', purpose)
    .where('held', '=', 0)
    .executeTakeFirstOrThrow();
  return { images: Number(row.images), answers: Number(row.answers ?? 0) };
}

/** A rater's answers that stand, and those of today (UTC). */
export async function countOwnAnswers(db: Database, raterId: string): Promise<{ answered: number; today: number }> {
  const row = await db
    .selectFrom('answers')
    .select([
      sql<number | string>`count(*)`.as('answered'),
      sql<number | string | null>`sum(case when answered_at >= ${now().slice(0, 10)} then 1 else 0 end)`.as('today'),
    ])
    .where('raterId', '=', raterId)
    .where('undoneAt', 'is', null)
    .executeTakeFirstOrThrow();
  return { answered: Number(row.answered), today: Number(row.today ?? 0) };
}
