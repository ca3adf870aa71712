// The size that was asked of the model for an image: before there was a choice, and where none is made, the model's own.

import type { Kysely, Migration } from 'kysely';

export const imageSizes: Migration = {
  async up(db: Kysely<unknown>) {
    // SQLite takes one column at a time.
    await db.schema.alterTable('images').addColumn('width', 'integer').execute();
    await db.schema.alterTable('images').addColumn('height', 'integer').execute();
  },
};
