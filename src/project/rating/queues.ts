// Queues: how many raters each image of a purpose is to have, and in which order images come.

import { sql } from 'kysely';
import { type Database, inTransaction, isPostgres, now } from '../database/database.ts';
import type { ImagePurpose } from '../database/schema.ts';
import type { QueueTable } from '../database/schema-queue.ts';
import { prepareStatement } from '../database/statements.ts';
import { orderQueueItems, reopenQueueItems } from './queue-items.ts';

/** What a queue is made of; a change puts its items in another order. */
export type QueueSettings = Pick<QueueTable, 'purpose' | 'wanted' | 'priority' | 'rewardHash'>;

export async function findQueue(db: Database, purpose: ImagePurpose): Promise<QueueTable | undefined> {
  return (await selectQueue(db, purpose))[0];
}

const selectQueue = prepareStatement((db, purpose: ImagePurpose) =>
  db.selectFrom('queues').selectAll().where('purpose', '=', purpose),
);

/** Keeps others from changing queues until the transaction ends; who reads them is not kept waiting. */
export async function lockQueues(tx: Database): Promise<void> {
  if (isPostgres(tx)) await sql`lock table queues in share row exclusive mode`.execute(tx);
}

/** Stores a queue's settings and orders its items by `priorityOf`. */
export function putQueue(
  db: Database,
  settings: QueueSettings,
  priorityOf: (imageId: string) => number,
): Promise<QueueTable> {
  return inTransaction(db, async (tx) => {
    const { purpose, wanted, priority, rewardHash } = settings;
    const changed = { wanted, priority, rewardHash, refreshedAt: now() };
    await tx
      .insertInto('queues')
      .values({ purpose, ...changed, epoch: 0 })
      .onConflict((c) => c.column('purpose').doUpdateSet((e) => ({ ...changed, epoch: e('queues.epoch', '+', 1) })))
      .execute();
    // In one order, so that two transactions that change many items do not wait for each other.
    if (isPostgres(tx))
      await tx
        .selectFrom('queueItems')
        .select('imageId')
        .where('purpose', '=', purpose)
        .orderBy('imageId')
        .forNoKeyUpdate()
        .execute();
    await orderQueueItems(tx, purpose, priorityOf);
    await reopenQueueItems(tx, purpose);
    // After many rows were added at once its planner knows nothing of them until a minute later.
    if (isPostgres(tx)) await sql`analyze queue_items`.execute(tx);
    return (await findQueue(tx, purpose))!;
  });
}
