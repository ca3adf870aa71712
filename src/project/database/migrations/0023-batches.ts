// Batches of images that are rated together: a closed one is handed out to nobody.

import type { Kysely, Migration } from 'kysely';

export const batches: Migration = {
  async up({ schema }: Kysely<unknown>) {
    await schema
      .createTable('batches')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('name', 'text', (c) => c.notNull())
      .addColumn('closed', 'integer', (c) => c.notNull())
      .addColumn('createdAt', 'text', (c) => c.notNull())
      .execute();
    await schema
      .createTable('batchImages')
      .addColumn('imageId', 'text', (c) => c.primaryKey().references('images.id'))
      .addColumn('batchId', 'text', (c) => c.notNull().references('batches.id'))
      .execute();
    await schema.createIndex('batchImagesByBatch').on('batchImages').column('batchId').execute();
  },
};
