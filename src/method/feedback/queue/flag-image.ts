// Flagging an image as broken or unsafe: it leaves the queue, and its rater need not answer it.

import { inTransaction } from '../../../project/database/database.ts';
import type { FlagKind } from '../../../project/database/schema-queue.ts';
import { type Flag, insertFlag } from '../../../project/rating/flags.ts';
import { findOpenLease, releaseLeases } from '../../../project/rating/leases.ts';
import { openQueue, type QueueContext, takeRater } from './open-queue.ts';

export interface NewFlag {
  raterId: string;
  imageId: string;
  kind: FlagKind;
  note?: string;
}

/**
 * Stores a flag and, unless its kind is `other`, takes the image from the rater and out of the queue.
 *
 * @throws CollimateError USAGE where there is no such image or rater.
 */
export function flagImage({ db, config }: QueueContext, flag: NewFlag): Promise<Flag> {
  const { raterId, imageId, kind, note = '' } = flag;
  return inTransaction(db, async (tx) => {
    await takeRater(tx, raterId);
    const lease = await findOpenLease(tx, raterId, imageId);
    if (lease && kind !== 'other')
      await releaseLeases(tx, await openQueue(tx, config, lease.purpose), raterId, [lease.id]);
    return insertFlag(tx, { imageId, raterId, kind, note });
  });
}
