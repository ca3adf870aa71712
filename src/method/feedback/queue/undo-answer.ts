// Taking an answer back: the image comes back to its rater, and the answer stays in the history.

import { inTransaction } from '../../../project/database/database.ts';
import type { ImagePurpose } from '../../../project/database/schema.ts';
import { type GivenAnswer, listLatestAnswers, markAnswerUndone } from '../../../project/rating/answers.ts';
import { findOpenLease, insertLeases, listLeasedImages } from '../../../project/rating/leases.ts';
import { changeQueueItems } from '../../../project/rating/queue-items.ts';
import { deleteRatingUncounted } from '../../../project/rating/ratings.ts';
import type { RatingItem } from './next-items.ts';
import { openQueue, PURPOSE, type QueueContext, readDisagreement, takeRater } from './open-queue.ts';

/** How many answers back a rater may go. */
export const UNDO_REACH = 100;

export interface Undone {
  answer: GivenAnswer;
  /** The image, leased to the rater again. */
  item: RatingItem;
}

/**
 * Takes back an answer of a rater's that stands: the one with `clientId` among their last 100, by default the latest.
 *
 * @returns undefined where there is no such answer among them.
 */
export function undoAnswer(
  { db, config }: QueueContext,
  { raterId, clientId, purpose = PURPOSE }: { raterId: string; clientId?: string; purpose?: ImagePurpose },
): Promise<Undone | undefined> {
  return inTransaction(db, async (tx) => {
    const queue = await openQueue(tx, config, purpose);
    const { excluded } = await takeRater(tx, raterId);
    const latest = await listLatestAnswers(tx, raterId, {
      purpose,
      limit: clientId === undefined ? 1 : UNDO_REACH,
    });
    const answer = latest.find((each) => clientId === undefined || each.clientId === clientId);
    if (!answer) return undefined;
    const { imageId, reason } = answer;
    await markAnswerUndone(tx, answer.clientId);
    if (reason !== 'repeat') {
      await deleteRatingUncounted(tx, imageId, raterId);
      const reordered = (await readDisagreement(tx, queue, [imageId])).get(imageId);
      await changeQueueItems(tx, [imageId], queue.wanted, { answers: excluded ? 0 : -1, ...reordered });
    }
    const expiresAt = new Date(Date.now() + 60_000 * config.studio.leaseMinutes).toISOString();
    // Where the image is before the rater already, as a repeat of this answer, that is the lease.
    const open = await findOpenLease(tx, raterId, imageId);
    const ids = open ? [open.id] : await insertLeases(tx, queue, raterId, [{ imageId, reason }], expiresAt);
    return { answer, item: (await listLeasedImages(tx, ids))[0]! };
  });
}
