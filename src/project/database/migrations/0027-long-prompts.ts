// PostgreSQL takes no index of texts beyond some 2,700 bytes, so a long prompt could not be stored there. A prompt's identifier is a
// function of its text, which keeps it from being there twice.

import { type Kysely, type Migration, PostgresAdapter, sql } from 'kysely';

export const longPrompts: Migration = {
  async up(db: Kysely<unknown>) {
    if (db.getExecutor().adapter instanceof PostgresAdapter)
      await sql`alter table prompts drop constraint if exists prompts_text_key`.execute(db);
  },
};
