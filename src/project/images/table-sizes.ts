// How much of a project there is, for whoever watches it.

import type { Database } from '../database/database.ts';

const COUNTED = ['prompts', 'images', 'ratings', 'raters', 'models', 'rewardModels', 'runs'] as const;

/** Rows by table. */
export async function countTableRows(db: Database): Promise<Record<(typeof COUNTED)[number], number>> {
  const counts = COUNTED.map(async (table) => {
    const { count } = await db
      .selectFrom(table)
      .select((e) => e.fn.countAll<number | string>().as('count'))
      .executeTakeFirstOrThrow();
    return [table, Number(count)] as const;
  });
  return Object.fromEntries(await Promise.all(counts)) as Record<(typeof COUNTED)[number], number>;
}
