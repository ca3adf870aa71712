// Giving leased images back unanswered.

import type { ImagePurpose } from '../../../project/database/schema.ts';
import { releaseLeases } from '../../../project/rating/leases.ts';
import { openQueue, PURPOSE, type QueueContext } from './open-queue.ts';

/** Gives a rater's leases back, all of them where none is named; those of others are left alone. Returns how many. */
export async function releaseItems(
  { db, config }: QueueContext,
  { raterId, leases, purpose = PURPOSE }: { raterId: string; leases?: readonly string[]; purpose?: ImagePurpose },
): Promise<number> {
  return releaseLeases(db, await openQueue(db, config, purpose), raterId, leases);
}
