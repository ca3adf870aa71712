// What the files of imported pictures were called where they came from, so that tables that name files find them.

import type { Kysely, Migration } from 'kysely';

export const imageNames: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('imageNames')
      .addColumn('imageId', 'text', (c) => c.notNull().references('images.id'))
      .addColumn('name', 'text', (c) => c.notNull())
      .addPrimaryKeyConstraint('imageNamesKey', ['imageId', 'name'])
      .execute();
    await db.schema.createIndex('imageNamesByName').on('imageNames').column('name').execute();
  },
};
