// What guidance led away from when an image was drawn: before there was a choice, from the empty prompt.

import type { Kysely, Migration } from 'kysely';

export const negativePrompts: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .alterTable('images')
      .addColumn('negativePrompt', 'text', (c) => c.notNull().defaultTo(''))
      .execute();
  },
};
