// What rules, or an admin, had to say to a rater or about one: a warning, a pause, or a word to whoever leads the rating.

import type { Kysely, Migration } from 'kysely';

export const notices: Migration = {
  async up({ schema }: Kysely<unknown>) {
    await schema
      .createTable('notices')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('raterId', 'text', (c) => c.notNull().references('raters.id'))
      .addColumn('rule', 'text', (c) => c.notNull())
      .addColumn('action', 'text', (c) => c.notNull())
      .addColumn('detail', 'text', (c) => c.notNull())
      .addColumn('createdAt', 'text', (c) => c.notNull())
      .addColumn('createdBy', 'text')
      .addColumn('closedAt', 'text')
      .addColumn('closedBy', 'text')
      .execute();
    await schema.createIndex('noticesByRater').on('notices').column('raterId').execute();
  },
};
