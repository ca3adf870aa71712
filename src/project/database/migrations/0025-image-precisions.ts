// In what precision the network drew an image: before there was a choice, float32.

import type { Kysely, Migration } from 'kysely';

export const imagePrecisions: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .alterTable('images')
      .addColumn('precision', 'text', (c) => c.notNull().defaultTo('float32'))
      .execute();
  },
};
