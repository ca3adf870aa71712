// Pairs of pictures of one prompt that came with a choice between them: kept as they came, since good and bad answers made of
// them no longer say which picture was beside which.

import type { Kysely, Migration } from 'kysely';

export const preferences: Migration = {
  async up({ schema }: Kysely<unknown>) {
    await schema
      .createTable('preferences')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('firstImage', 'text', (c) => c.notNull().references('images.id'))
      .addColumn('secondImage', 'text', (c) => c.notNull().references('images.id'))
      .addColumn('share', 'double precision', (c) => c.notNull())
      .addColumn('details', 'text', (c) => c.notNull())
      .addColumn('position', 'integer', (c) => c.notNull())
      .addColumn('createdAt', 'text', (c) => c.notNull())
      .execute();
    await schema.createIndex('preferencesByFirst').on('preferences').column('firstImage').execute();
    await schema.createIndex('preferencesBySecond').on('preferences').column('secondImage').execute();
  },
};
