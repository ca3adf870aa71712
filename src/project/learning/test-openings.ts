// How often the test set was opened: each evaluation that looked at unseen prompts, once.

import { type Database, now } from '../database/database.ts';

/** What may look at unseen prompts. */
export type OpeningStage = 'evaluate' | 'measures' | 'evaluate human';

/** Counts a look; `id` is that of its run or study, so that looking again at the same figures is none. */
export async function recordOpening(db: Database, id: string, stage: OpeningStage): Promise<void> {
  await db
    .insertInto('testOpenings')
    .values({ id, stage, openedAt: now() })
    .onConflict((c) => c.column('id').doNothing())
    .execute();
}

/** Looks by stage, in the order of their names; stages without one are left out. */
export async function countOpenings(db: Database): Promise<{ stage: string; count: number }[]> {
  const rows = await db
    .selectFrom('testOpenings')
    .select((e) => ['stage', e.fn.countAll<number | string>().as('count')])
    .groupBy('stage')
    .orderBy('stage')
    .execute();
  return rows.map(({ stage, count }) => ({ stage, count: Number(count) }));
}
