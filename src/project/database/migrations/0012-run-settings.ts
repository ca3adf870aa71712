// The whole configuration that a run worked with, so that it can be repeated whatever the project's file says by then; and
// when a finished run was asked for again, which is not when it finished.

import type { Kysely, Migration } from 'kysely';

export const runSettings: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('runs').addColumn('settings', 'text').execute();
    await db.schema.alterTable('runs').addColumn('askedAt', 'text').execute();
  },
};
