// Counts of the rating queue.

import { sql } from 'kysely';
import { type Database, now } from '../database/database.ts';
import type { ImagePurpose } from '../database/schema.ts';
import { prepareStatement } from '../database/statements.ts';

/** Images of a queue that are to be rated, and their answers, at most `wanted` an image. */
export async function countQueue(
  db: Database,
  purpose: ImagePurpose,
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

/** Answers that stand, and those of today (UTC), of each of these raters, in their order. */
export async function countOwnAnswers(
  db: Database,
  raterIds: readonly string[],
): Promise<{ answered: number; today: number }[]> {
  if (raterIds.length === 0) return [];
  const rows = await selectOwnCounts(db, now().slice(0, 10), raterIds);
  const counts = new Map(rows.map(({ raterId, answered, today }) => [raterId, { answered, today }]));
  return raterIds.map((id) => {
    const { answered = 0, today = 0 } = counts.get(id) ?? {};
    return { answered: Number(answered), today: Number(today ?? 0) };
  });
}

const selectOwnCounts = prepareStatement((db, today: string, raterIds: readonly string[]) =>
  db
    .selectFrom('answers')
    .select([
      'raterId',
      sql<number | string>`count(*)`.as('answered'),
      sql<number | string | null>`sum(case when answered_at >= ${today} then 1 else 0 end)`.as('today'),
    ])
    .where('raterId', 'in', raterIds)
    .where('undoneAt', 'is', null)
    .groupBy('raterId'),
);
