// Flags: a rater says that an image is broken or unsafe. Such an image is not shown as a new one until the flag is dismissed.

import { randomBytes } from 'node:crypto';
import { CollimateError } from '../../util/errors.ts';
import { type Database, inTransaction, now } from '../database/database.ts';
import type { FlagResolution, FlagTable } from '../database/schema-queue.ts';
import { recountQueueItems } from './queue-items.ts';

export type Flag = FlagTable;

/**
 * Stores a flag and takes the image out of the queue, unless the kind is `other`, which is a note alone. A rater's open
 * flag of the same kind on the same image is brought up to date.
 *
 * @throws CollimateError USAGE where there is no such image.
 */
export async function insertFlag(
  db: Database,
  flag: Pick<Flag, 'imageId' | 'raterId' | 'kind' | 'note'>,
): Promise<Flag> {
  return inTransaction(db, async (tx) => {
    const { imageId, raterId, kind, note } = flag;
    const image = await tx.selectFrom('images').select('id').where('id', '=', imageId).executeTakeFirst();
    if (!image)
      throw new CollimateError('USAGE', `flag: there is no image ${imageId}`, 'Flag an image that you were shown.');
    const known = await tx
      .selectFrom('flags')
      .selectAll()
      .where('imageId', '=', imageId)
      .where('raterId', '=', raterId)
      .where('kind', '=', kind)
      .where('resolution', 'is', null)
      .executeTakeFirst();
    if (known) {
      await tx.updateTable('flags').set({ note }).where('id', '=', known.id).execute();
      return { ...known, note };
    }
    const id = `flag-${randomBytes(9).toString('hex')}`;
    const row = { ...flag, id, createdAt: now(), resolvedAt: null, resolvedBy: null, resolution: null };
    await tx.insertInto('flags').values(row).execute();
    await recountQueueItems(tx, [imageId]);
    return row;
  });
}

/** Whether a rater was ever given an image to rate. */
export async function wasGiven(db: Database, raterId: string, imageId: string): Promise<boolean> {
  const lease = await db
    .selectFrom('leases')
    .select('id')
    .where('raterId', '=', raterId)
    .where('imageId', '=', imageId)
    .executeTakeFirst();
  return lease !== undefined;
}

/** A flag with what it is about. */
export interface FlagView extends Flag {
  hash: string;
  prompt: string;
  raterName: string;
}

/** Flags by rising time, those that nobody has resolved yet where `open`. */
export function listFlags(db: Database, { open = false } = {}): Promise<FlagView[]> {
  let query = db
    .selectFrom('flags')
    .innerJoin('images', 'images.id', 'flags.imageId')
    .innerJoin('prompts', 'prompts.id', 'images.promptId')
    .innerJoin('raters', 'raters.id', 'flags.raterId')
    .selectAll('flags')
    .select(['images.hash', 'prompts.text as prompt', 'raters.name as raterName'])
    .orderBy('flags.createdAt')
    .orderBy('flags.id');
  if (open) query = query.where('resolution', 'is', null);
  return query.execute();
}

/** Ends a flag: `upheld` keeps its image out of the queue, `dismissed` gives it back. Returns whether there was an open one. */
export function resolveFlag(db: Database, id: string, resolution: FlagResolution, by: string): Promise<boolean> {
  return inTransaction(db, async (tx) => {
    const flag = await tx.selectFrom('flags').selectAll().where('id', '=', id).executeTakeFirst();
    if (!flag || flag.resolution !== null) return false;
    await tx.updateTable('flags').set({ resolution, resolvedAt: now(), resolvedBy: by }).where('id', '=', id).execute();
    await recountQueueItems(tx, [flag.imageId]);
    return true;
  });
}
