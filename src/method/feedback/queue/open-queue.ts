// The queue of a purpose, brought in line with the configuration: raters per image, and the order of the images.

import type { Config } from '../../../project/config/config.ts';
import { type Database, inTransaction } from '../../../project/database/database.ts';
import type { ImagePurpose } from '../../../project/database/schema.ts';
import type { QueueTable } from '../../../project/database/schema-queue.ts';
import { findLatestRewardModel, listRewards } from '../../../project/learning/rewards.ts';
import { randomPriority } from '../../../project/rating/queue-items.ts';
import { findQueue, lockQueues, putQueue, type QueueSettings } from '../../../project/rating/queues.ts';
import { lockRaters } from '../../../project/rating/raters.ts';
import { countVotes } from '../../../project/rating/ratings.ts';
import { CollimateError } from '../../../util/errors.ts';
import { disagreementPriority, uncertaintyPriority } from './priorities.ts';

/** What the queue's functions are given: an open project is one. */
export interface QueueContext {
  readonly db: Database;
  readonly config: Pick<Config, 'seed' | 'studio'>;
}

/** What the images that are rated were drawn for, unless it is said. */
export const PURPOSE = 'feedback';

/** Scores of new images are taken in after this time. */
const REORDER_AFTER_MS = 10 * 60_000;

/** The queue of `purpose`; where the configuration or the latest reward model changed, its items are put in order anew. */
export async function openQueue(
  db: Database,
  { studio }: QueueContext['config'],
  purpose: ImagePurpose,
): Promise<QueueTable> {
  const { priority, ratersPerImage } = studio;
  const byReward = priority === 'uncertain reward';
  const rewardHash = byReward ? ((await findLatestRewardModel(db))?.hash ?? null) : null;
  const settings: QueueSettings = { purpose, wanted: ratersPerImage, priority, rewardHash };
  const isCurrent = (queue: QueueTable | undefined): queue is QueueTable =>
    queue?.wanted === ratersPerImage &&
    queue.priority === priority &&
    queue.rewardHash === rewardHash &&
    !(byReward && Date.now() - Date.parse(queue.refreshedAt) > REORDER_AFTER_MS);
  const found = await findQueue(db, purpose);
  if (isCurrent(found)) return found;
  return inTransaction(db, async (tx) => {
    // Of all raters who find it out of date, one puts it in order; the others wait for that and take it as it then is.
    await lockQueues(tx);
    const queue = await findQueue(tx, purpose);
    return isCurrent(queue) ? queue : putQueue(tx, settings, await readPriorities(tx, settings));
  });
}

async function readPriorities(
  db: Database,
  { purpose, priority, rewardHash }: QueueSettings,
): Promise<(imageId: string) => number> {
  if (priority === 'random') return randomPriority;
  if (priority === 'uncertain reward') {
    const rows = rewardHash ? await listRewards(db, rewardHash) : [];
    const scores = new Map(rows.map((row) => [row.imageId, row]));
    return (imageId) => uncertaintyPriority(scores.get(imageId));
  }
  if (priority === 'disagreement') {
    const votes = await countVotes(db, { purpose });
    return (imageId) => disagreementPriority(votes.get(imageId) ?? { good: 0, bad: 0 });
  }
  return () => 0;
}

/** What changed answers do to the priority of an image, by image: nothing but in a queue ordered by disagreement. */
export async function readDisagreement(
  db: Database,
  queue: QueueTable,
  imageIds: readonly string[],
): Promise<Map<string, { priority: number; revived: boolean }>> {
  if (queue.priority !== 'disagreement' || imageIds.length === 0) return new Map();
  const votes = await countVotes(db, { imageIds });
  const changes = imageIds.map((id) => {
    const priority = disagreementPriority(votes.get(id) ?? { good: 0, bad: 0 });
    return [id, { priority, revived: priority < 0 }] as const;
  });
  return new Map(changes);
}

/**
 * The raters, whose transaction this is until it ends: two windows of one person take turns.
 *
 * @throws CollimateError USAGE for a rater that is not there.
 */
export async function takeRaters(
  db: Database,
  raterIds: readonly string[],
): Promise<Map<string, { excluded: boolean }>> {
  const found = await lockRaters(db, raterIds);
  const missing = raterIds.find((id) => !found.has(id));
  if (missing === undefined) return found;
  throw new CollimateError('USAGE', `queue: no rater is called ${missing}`, 'Store the rater first.');
}

/** One rater, as `takeRaters`. */
export async function takeRater(db: Database, raterId: string): Promise<{ excluded: boolean }> {
  return (await takeRaters(db, [raterId])).get(raterId)!;
}
