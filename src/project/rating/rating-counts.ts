// Counts of ratings for overviews.

import { sql } from 'kysely';
import type { Database } from '../database/database.ts';
import type { ImagePurpose } from '../database/schema.ts';

/** Answers of each of the last `days` days that have any, the earliest first. Days are those of UTC. */
export async function countAnswersByDay(db: Database, days: number): Promise<{ day: string; answers: number }[]> {
  const day = sql<string>`substr(rated_at, 1, 10)`;
  const rows = await db
    .selectFrom('ratings')
    .select((e) => [day.as('day'), e.fn.countAll<number | string>().as('answers')])
    .groupBy(day)
    .orderBy(day, 'desc')
    .limit(days)
    .execute();
  return rows.map(({ day: name, answers }) => ({ day: name, answers: Number(answers) })).reverse();
}

/** When the latest rating of such an image came, if any did. */
export async function findLatestRatingTime(db: Database, purpose: ImagePurpose): Promise<string | undefined> {
  const row = await db
    .selectFrom('ratings')
    .innerJoin('images', 'images.id', 'ratings.imageId')
    .where('purpose', '=', purpose)
    .select((e) => e.fn.max('ratedAt').as('last'))
    .executeTakeFirst();
  return row?.last ?? undefined;
}
