// Reward models that only watch over tuning are marked, so that none of them ever steers it.

import type { Kysely, Migration } from 'kysely';

export const heldOut: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .alterTable('rewardModels')
      .addColumn('heldOut', 'integer', (c) => c.notNull().defaultTo(0))
      .execute();
  },
};
