// How often somebody looked at what models make of the unseen prompts: each look makes them less of a test. Evaluations,
// measures and studies of before are counted where the project has unseen prompts.

import { type Kysely, type Migration, sql } from 'kysely';

export const testOpenings: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('testOpenings')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('stage', 'text', (c) => c.notNull())
      .addColumn('openedAt', 'text', (c) => c.notNull())
      .execute();
    const unseen = sql`exists (select 1 from prompts where split = 'unseen')`;
    await sql`insert into test_openings (id, stage, opened_at)
      select id, stage, coalesce(finished_at, started_at) from runs
      where stage in ('evaluate', 'measures') and status = 'done' and ${unseen}`.execute(db);
    await sql`insert into test_openings (id, stage, opened_at)
      select id, 'evaluate human', created_at from studies where ${unseen}`.execute(db);
  },
};
