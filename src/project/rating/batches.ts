// Batches: images that are rated together. A closed batch is handed out to nobody, as new images, gold or repeats; what is
// before raters already is still taken. An image is in one batch at most, and those in none are always open.

import { randomBytes } from 'node:crypto';
import { type Database, inTransaction, now } from '../database/database.ts';
import type { ImagePurpose } from '../database/schema.ts';
import { recountQueueItems } from './queue-items.ts';

/** A batch with how far it is. */
export interface BatchView {
  readonly id: string;
  readonly name: string;
  readonly closed: boolean;
  readonly createdAt: string;
  readonly images: number;
  /** Answers of raters who are not excluded. */
  readonly answers: number;
}

export async function listBatches(db: Database): Promise<BatchView[]> {
  const rows = await db.selectFrom('batches').selectAll().orderBy('createdAt').orderBy('id').execute();
  const counts = await db
    .selectFrom('batchImages')
    .innerJoin('queueItems', 'queueItems.imageId', 'batchImages.imageId')
    .select((e) => [
      'batchId',
      e.fn.countAll<number | string>().as('images'),
      e.fn.sum<number | string>('answers').as('answers'),
    ])
    .groupBy('batchId')
    .execute();
  const of = new Map(counts.map((count) => [count.batchId, count]));
  return rows.map(({ closed, ...row }) => ({
    ...row,
    closed: closed === 1,
    images: Number(of.get(row.id)?.images ?? 0),
    answers: Number(of.get(row.id)?.answers ?? 0),
  }));
}

/** How many images of a purpose are in no batch. */
export async function countUnbatched(db: Database, purpose: ImagePurpose): Promise<number> {
  const row = await selectUnbatched(db, purpose)
    .select((e) => e.fn.countAll<number | string>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

const selectUnbatched = (db: Database, purpose: ImagePurpose) =>
  db
    .selectFrom('queueItems')
    .leftJoin('batchImages', 'batchImages.imageId', 'queueItems.imageId')
    .where('purpose', '=', purpose)
    .where('batchId', 'is', null);

/** Makes a batch of the first `size` images that are in none, as they were drawn; returns how many those are. */
export function createBatch(
  db: Database,
  { name, size, closed, purpose }: { name: string; size: number; closed: boolean; purpose: ImagePurpose },
): Promise<{ id: string; images: number }> {
  return inTransaction(db, async (tx) => {
    const rows = await selectUnbatched(tx, purpose).select('queueItems.imageId').orderBy('place').limit(size).execute();
    const id = `batch-${randomBytes(6).toString('hex')}`;
    await tx
      .insertInto('batches')
      .values({ id, name, closed: closed ? 1 : 0, createdAt: now() })
      .execute();
    for (let i = 0; i < rows.length; i += 1000)
      await tx
        .insertInto('batchImages')
        .values(rows.slice(i, i + 1000).map(({ imageId }) => ({ imageId, batchId: id })))
        .execute();
    if (closed)
      await recountQueueItems(
        tx,
        rows.map(({ imageId }) => imageId),
      );
    return { id, images: rows.length };
  });
}

/** Closes or opens a batch; returns whether there is one. */
export function setBatchClosed(db: Database, id: string, closed: boolean): Promise<boolean> {
  return inTransaction(db, async (tx) => {
    const { numUpdatedRows } = await tx
      .updateTable('batches')
      .set({ closed: closed ? 1 : 0 })
      .where('id', '=', id)
      .executeTakeFirst();
    const images = await tx.selectFrom('batchImages').select('imageId').where('batchId', '=', id).execute();
    await recountQueueItems(
      tx,
      images.map(({ imageId }) => imageId),
    );
    return numUpdatedRows > 0n;
  });
}
