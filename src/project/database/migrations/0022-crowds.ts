// Links for people of a crowd platform, who come by an identifier of theirs and leave with a code; and who came by each.

import type { Kysely, Migration } from 'kysely';

export const crowds: Migration = {
  async up({ schema }: Kysely<unknown>) {
    await schema
      .createTable('crowdLinks')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('tokenHash', 'text', (c) => c.notNull().unique())
      .addColumn('platform', 'text', (c) => c.notNull())
      .addColumn('name', 'text', (c) => c.notNull())
      .addColumn('consent', 'text', (c) => c.notNull())
      .addColumn('answersEach', 'integer', (c) => c.notNull())
      .addColumn('participants', 'integer', (c) => c.notNull())
      .addColumn('code', 'text', (c) => c.notNull())
      .addColumn('returnUrl', 'text')
      .addColumn('accountId', 'text', (c) => c.notNull())
      .addColumn('createdAt', 'text', (c) => c.notNull())
      .addColumn('expiresAt', 'text', (c) => c.notNull())
      .addColumn('closedAt', 'text')
      .execute();
    await schema
      .createTable('crowdParticipants')
      .addColumn('linkId', 'text', (c) => c.notNull().references('crowdLinks.id'))
      .addColumn('participant', 'text', (c) => c.notNull())
      .addColumn('submission', 'text', (c) => c.notNull())
      .addColumn('raterId', 'text', (c) => c.notNull().unique())
      .addColumn('consentedAt', 'text', (c) => c.notNull())
      .addColumn('finishedAt', 'text')
      .addPrimaryKeyConstraint('crowdParticipantsKey', ['linkId', 'participant'])
      .execute();
  },
};
