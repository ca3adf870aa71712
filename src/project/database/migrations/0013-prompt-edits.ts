// Edits that came with a prompt: texts that change what it asks for, as JSON; null for prompts that came without.

import type { Kysely, Migration } from 'kysely';

export const promptEdits: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.alterTable('prompts').addColumn('edits', 'text').execute();
  },
};
