// The times of ratings in UTC and to the millisecond, so that they sort by their text: imports kept those of others as they
// stood, such as `2026-03-01T01:00:00+05:30`.

import type { Kysely, Migration } from 'kysely';
import { toUtc } from '../../../util/utc.ts';

interface Ratings {
  ratings: { imageId: string; raterId: string; ratedAt: string };
}

export const utcTimes: Migration = {
  async up(anyDb: Kysely<unknown>) {
    const db = anyDb as Kysely<Ratings>;
    const rows = await db
      .selectFrom('ratings')
      .select('ratedAt')
      .distinct()
      .where('ratedAt', 'not like', '____-__-__T__:__:__.___Z')
      .execute();
    for (const { ratedAt } of rows) {
      const time = toUtc(ratedAt)?.time;
      if (time !== undefined)
        await db.updateTable('ratings').set({ ratedAt: time }).where('ratedAt', '=', ratedAt).execute();
    }
  },
};
