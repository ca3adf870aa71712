// The identity of pictures by their pixels, beside the name of their file. It stays empty for those that are there: it takes
// their files, which a change of tables does not touch (`images/pixel-hashes.ts` makes it when it is asked for).

import type { Kysely, Migration } from 'kysely';

export const pixelHashes: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('images').addColumn('pixelHash', 'text').execute();
    await db.schema.createIndex('imagesByPixels').on('images').column('pixelHash').execute();
  },
};
