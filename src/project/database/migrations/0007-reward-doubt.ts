// The doubt of an ensemble of reward heads beside its score, by which images are put in order for labelling.

import type { Kysely, Migration } from 'kysely';

export const rewardDoubt: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('rewards').addColumn('doubt', 'double precision').execute();
  },
};
