// The rating queue: what is to be rated, leases, every answer with its client's identifier, gold answers and flags.

import { type Kysely, type Migration, sql } from 'kysely';

export const queue: Migration = {
  async up(db: Kysely<unknown>) {
    const { schema } = db;
    await schema
      .createTable('queues')
      .addColumn('purpose', 'text', (c) => c.primaryKey())
      .addColumn('wanted', 'integer', (c) => c.notNull())
      .addColumn('priority', 'text', (c) => c.notNull())
      .addColumn('rewardHash', 'text', (c) => c.references('rewardModels.hash'))
      .addColumn('epoch', 'integer', (c) => c.notNull())
      .addColumn('refreshedAt', 'text', (c) => c.notNull())
      .execute();
    await schema
      .createTable('queueItems')
      .addColumn('imageId', 'text', (c) => c.primaryKey().references('images.id'))
      .addColumn('purpose', 'text', (c) => c.notNull())
      .addColumn('promptId', 'text', (c) => c.notNull())
      .addColumn('place', 'bigint', (c) => c.notNull())
      .addColumn('priority', 'double precision', (c) => c.notNull().defaultTo(0))
      .addColumn('answers', 'integer', (c) => c.notNull().defaultTo(0))
      .addColumn('leases', 'integer', (c) => c.notNull().defaultTo(0))
      .addColumn('held', 'integer', (c) => c.notNull().defaultTo(0))
      .addColumn('open', 'integer', (c) => c.notNull().defaultTo(1))
      .addColumn('revived', 'integer', (c) => c.notNull().defaultTo(0))
      .execute();
    await schema
      .createIndex('queueItemsByPriority')
      .on('queueItems')
      .columns(['purpose', 'open', 'priority', 'place'])
      .execute();
    await schema.createIndex('queueItemsByPrompt').on('queueItems').columns(['promptId', 'purpose', 'open']).execute();
    await schema
      .createIndex('queueItemsRevived')
      .on('queueItems')
      .columns(['purpose', 'priority', 'place'])
      .where(sql.ref('revived'), '=', sql.lit(1))
      .where(sql.ref('open'), '=', sql.lit(1))
      .execute();
    await schema.createIndex('queueItemsByPlace').on('queueItems').column('place').execute();
    await schema
      .createTable('queueCursors')
      .addColumn('raterId', 'text', (c) => c.notNull().references('raters.id'))
      .addColumn('purpose', 'text', (c) => c.notNull())
      .addColumn('epoch', 'integer', (c) => c.notNull())
      .addColumn('priority', 'double precision', (c) => c.notNull())
      .addColumn('place', 'bigint', (c) => c.notNull())
      .addPrimaryKeyConstraint('queueCursorsKey', ['raterId', 'purpose'])
      .execute();
    await schema
      .createTable('leases')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('imageId', 'text', (c) => c.notNull().references('images.id'))
      .addColumn('raterId', 'text', (c) => c.notNull().references('raters.id'))
      .addColumn('purpose', 'text', (c) => c.notNull())
      .addColumn('reason', 'text', (c) => c.notNull())
      .addColumn('status', 'text', (c) => c.notNull())
      .addColumn('leasedAt', 'text', (c) => c.notNull())
      .addColumn('expiresAt', 'text', (c) => c.notNull())
      .addColumn('closedAt', 'text')
      .execute();
    await schema.createIndex('leasesByRater').on('leases').columns(['raterId', 'status', 'leasedAt']).execute();
    await schema.createIndex('leasesByImage').on('leases').column('imageId').execute();
    await schema
      .createIndex('leasesByExpiry')
      .on('leases')
      .column('expiresAt')
      .where(sql.ref('status'), '=', sql.lit('open'))
      .execute();
    await schema
      .createIndex('leasesOpenOnce')
      .on('leases')
      .columns(['imageId', 'raterId'])
      .unique()
      .where(sql.ref('status'), '=', sql.lit('open'))
      .execute();
    await schema
      .createTable('answers')
      .addColumn('clientId', 'text', (c) => c.primaryKey())
      .addColumn('leaseId', 'text', (c) => c.notNull().references('leases.id'))
      .addColumn('imageId', 'text', (c) => c.notNull().references('images.id'))
      .addColumn('raterId', 'text', (c) => c.notNull().references('raters.id'))
      .addColumn('reason', 'text', (c) => c.notNull())
      .addColumn('answer', 'text', (c) => c.notNull())
      .addColumn('milliseconds', 'integer', (c) => c.notNull())
      .addColumn('guidelineVersion', 'integer', (c) => c.notNull().references('guidelines.version'))
      .addColumn('answeredAt', 'text', (c) => c.notNull())
      .addColumn('undoneAt', 'text')
      .execute();
    await schema.createIndex('answersByRater').on('answers').columns(['raterId', 'answeredAt', 'undoneAt']).execute();
    await schema.createIndex('answersByImage').on('answers').columns(['imageId', 'raterId']).execute();
    await schema
      .createTable('goldAnswers')
      .addColumn('imageId', 'text', (c) => c.primaryKey().references('images.id'))
      .addColumn('answer', 'text', (c) => c.notNull())
      .addColumn('note', 'text', (c) => c.notNull())
      .addColumn('createdAt', 'text', (c) => c.notNull())
      .addColumn('createdBy', 'text')
      .execute();
    await schema
      .createTable('flags')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('imageId', 'text', (c) => c.notNull().references('images.id'))
      .addColumn('raterId', 'text', (c) => c.notNull().references('raters.id'))
      .addColumn('kind', 'text', (c) => c.notNull())
      .addColumn('note', 'text', (c) => c.notNull())
      .addColumn('createdAt', 'text', (c) => c.notNull())
      .addColumn('resolvedAt', 'text')
      .addColumn('resolvedBy', 'text')
      .addColumn('resolution', 'text')
      .execute();
    await schema.createIndex('flagsByImage').on('flags').column('imageId').execute();
    await schema
      .createTable('stageLocks')
      .addColumn('name', 'text', (c) => c.primaryKey())
      .addColumn('holder', 'text', (c) => c.notNull())
      .execute();
    await fillQueue(db);
  },
};

/** Images that were there before the queue was. */
async function fillQueue(db: Kysely<unknown>): Promise<void> {
  await sql`
    insert into queue_items (image_id, purpose, prompt_id, place, answers)
    select id, purpose, prompt_id, row_number() over (order by created_at, prompt_id, seed, id),
      (select count(*) from ratings join raters on raters.id = ratings.rater_id
        where ratings.image_id = images.id and raters.excluded = 0)
    from images`.execute(db);
  await sql`update queue_items set open = case when answers < 1 then 1 else 0 end`.execute(db);
}
