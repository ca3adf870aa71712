// All that decides whether answers are stored, read at once.

import type { Database } from '../../../project/database/database.ts';
import type { QueueTable } from '../../../project/database/schema-queue.ts';
import { findAnswerers, findStandingLeases } from '../../../project/rating/answers.ts';
import { type Lease, listLeases, listOpenLeasesOf } from '../../../project/rating/leases.ts';
import { lockItems, readRoom } from '../../../project/rating/queue-items.ts';
import { listRated } from '../../../project/rating/ratings.ts';
import type { Given } from './decide-answer.ts';

/** What is known while answers are decided one after the other; each that is stored changes it. */
export interface AnswerFacts {
  /** Leases by identifier. */
  readonly leases: Map<string, Lease>;
  /** Who gave an answer, by its client's identifier. */
  readonly answerers: Map<string, string>;
  /** Leases under which an answer stands. */
  readonly standing: Set<string>;
  /** Open leases, by `pairKey`. */
  readonly open: Map<string, Lease>;
  /** `pairKey`s of images and raters with a rating. */
  readonly rated: Set<string>;
  /** How many more raters may have an image, of those that were answered too late. */
  readonly room: Map<string, number>;
}

export const pairKey = ({ imageId, raterId }: { imageId: string; raterId: string }) => `${imageId} ${raterId}`;

export async function readAnswerFacts(db: Database, queue: QueueTable, given: readonly Given[]): Promise<AnswerFacts> {
  const leases = await listLeases(db, unique(given.map(({ leaseId }) => leaseId)));
  const all = [...leases.values()];
  const closed = all.filter(({ status }) => status !== 'open');
  const imageIds = unique(all.map(({ imageId }) => imageId));
  const raterIds = unique(given.map(({ raterId }) => raterId));
  const again = await listOpenLeasesOf(db, raterIds, unique(closed.map(({ imageId }) => imageId)));
  const open = new Map(
    [...all.filter(({ status }) => status === 'open'), ...again].map((each) => [pairKey(each), each]),
  );
  const late = closed.filter((lease) => lease.reason === 'new' && !open.has(pairKey(lease)));
  // Locked all at once, in their order, so that no two transactions wait for each other.
  if (late.length > 0) await lockItems(db, imageIds);
  return {
    leases,
    answerers: await findAnswerers(db, unique(given.map(({ clientId }) => clientId))),
    standing: await findStandingLeases(
      db,
      closed.map(({ id }) => id),
    ),
    open,
    rated: new Set((await listRated(db, raterIds, imageIds)).map(pairKey)),
    room: await readRoom(db, unique(late.map(({ imageId }) => imageId)), queue.wanted),
  };
}

const unique = (ids: readonly string[]) => [...new Set(ids)];
