// The side of the tiles in which an image was decoded: before there was a choice, none.

import type { Kysely, Migration } from 'kysely';

export const imageTiles: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('images').addColumn('vaeTile', 'integer').execute();
  },
};
