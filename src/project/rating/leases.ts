// Leases: which rater has which image before them, why, and until when.

import { randomBytes } from 'node:crypto';
import { type Database, insertInChunks, inTransaction, isPostgres, now } from '../database/database.ts';
import type { ImagePurpose } from '../database/schema.ts';
import type { LeaseStatus, LeaseTable, QueueTable } from '../database/schema-queue.ts';
import { prepareStatement } from '../database/statements.ts';
import { changeQueueItems, lockItems } from './queue-items.ts';

export type Lease = LeaseTable;

/** A lease with what its rater is to see. */
export interface LeasedImage extends Lease {
  hash: string;
  prompt: string;
  promptId: string;
}

/** Leases images to a rater, who must hold none of them. Returns the identifiers of the leases. */
export async function insertLeases(
  db: Database,
  queue: QueueTable,
  raterId: string,
  images: readonly { imageId: string; reason: Lease['reason'] }[],
  expiresAt: string,
): Promise<string[]> {
  if (images.length === 0) return [];
  const leasedAt = now();
  const time = Date.now().toString(36);
  // Identifiers rise in the order of the images, so that a rater who loads the page again finds that order.
  const rows = images.map(({ imageId, reason }, i) => ({
    id: `${time}-${String(i).padStart(3, '0')}-${randomBytes(9).toString('hex')}`,
    imageId,
    raterId,
    purpose: queue.purpose,
    reason,
    status: 'open' as const,
    leasedAt,
    expiresAt,
    closedAt: null,
  }));
  await insertInChunks(db, rows, leaseRows);
  const fresh = rows.filter(({ reason }) => reason === 'new').map(({ imageId }) => imageId);
  await changeQueueItems(db, fresh, queue.wanted, { leases: 1 });
  return rows.map(({ id }) => id);
}

const leaseRows = (tx: Database, rows: LeaseTable[]) => tx.insertInto('leases').values(rows);

export function listOpenLeases(db: Database, raterId: string, purpose: ImagePurpose): Promise<LeasedImage[]> {
  return selectOpen(db, raterId, purpose);
}

const selectOpen = prepareStatement((db, raterId: string, purpose: ImagePurpose) =>
  selectLeased(db)
    .where('leases.raterId', '=', raterId)
    .where('leases.status', '=', 'open')
    .where('leases.purpose', '=', purpose)
    .orderBy('leases.leasedAt')
    .orderBy('leases.id'),
);

/** Leases by identifier; they are this transaction's until it ends. */
export async function listLeases(db: Database, ids: readonly string[]): Promise<Map<string, Lease>> {
  if (ids.length === 0) return new Map();
  return new Map((await selectLeases(db, ids)).map((row) => [row.id, row]));
}

const selectLeases = prepareStatement((db, ids: readonly string[]) =>
  db
    .selectFrom('leases')
    .selectAll()
    .where('id', 'in', ids)
    .orderBy('id')
    .$if(isPostgres(db), (query) => query.forNoKeyUpdate()),
);

/** The open lease of an image by a rater; there is one at most. */
export async function findOpenLease(db: Database, raterId: string, imageId: string): Promise<Lease | undefined> {
  return (await listOpenLeasesOf(db, [raterId], [imageId]))[0];
}

/** The open leases of any of these images by any of these raters. */
export async function listOpenLeasesOf(
  db: Database,
  raterIds: readonly string[],
  imageIds: readonly string[],
): Promise<Lease[]> {
  if (raterIds.length === 0 || imageIds.length === 0) return [];
  return db
    .selectFrom('leases')
    .selectAll()
    .where('imageId', 'in', imageIds)
    .where('raterId', 'in', raterIds)
    .where('status', '=', 'open')
    .execute();
}

/** Leases with their images, in the order of `ids`. */
export async function listLeasedImages(db: Database, ids: readonly string[]): Promise<LeasedImage[]> {
  if (ids.length === 0) return [];
  const found = new Map((await selectLeasedOf(db, ids)).map((row) => [row.id, row]));
  return ids.flatMap((id) => found.get(id) ?? []);
}

const selectLeasedOf = prepareStatement((db, ids: readonly string[]) => selectLeased(db).where('leases.id', 'in', ids));

function selectLeased(db: Database) {
  return db
    .selectFrom('leases')
    .innerJoin('images', 'images.id', 'leases.imageId')
    .innerJoin('prompts', 'prompts.id', 'images.promptId')
    .selectAll('leases')
    .select(['images.hash', 'prompts.text as prompt', 'images.promptId']);
}

export async function extendLeases(db: Database, ids: readonly string[], expiresAt: string): Promise<void> {
  if (ids.length > 0) await updateExpiry(db, expiresAt, ids);
}

const updateExpiry = prepareStatement((db, expiresAt: string, ids: readonly string[]) =>
  db.updateTable('leases').set({ expiresAt }).where('id', 'in', ids),
);

export async function closeLeases(
  db: Database,
  ids: readonly string[],
  status: Exclude<LeaseStatus, 'open'>,
): Promise<void> {
  if (ids.length > 0) await updateClosed(db, status, now(), ids);
}

const updateClosed = prepareStatement((db, status: LeaseStatus, closedAt: string, ids: readonly string[]) =>
  db.updateTable('leases').set({ status, closedAt }).where('id', 'in', ids),
);

/** Gives a rater's open leases back: all of a purpose, or those named; other people's are left alone. Returns how many. */
export function releaseLeases(
  db: Database,
  queue: QueueTable,
  raterId: string,
  ids?: readonly string[],
): Promise<number> {
  return inTransaction(db, async (tx) => {
    const open = await listOpenLeases(tx, raterId, queue.purpose);
    const given = open.map(({ id }) => id).filter((id) => ids?.includes(id) ?? true);
    return endLeases(tx, queue, given, 'released');
  });
}

/** How many leases one look ends at most: a rater who asks for the next image should not wait for a thousand. */
const EXPIRED_AT_ONCE = 100;

/** Ends leases that have run out, so that other raters get their images. Returns how many. */
export async function expireLeases(db: Database, queue: QueueTable, time: string): Promise<number> {
  const late = await db
    .selectFrom('leases')
    .select('id')
    .where('status', '=', 'open')
    .where('expiresAt', '<', time)
    .where('purpose', '=', queue.purpose)
    .orderBy('expiresAt')
    .limit(EXPIRED_AT_ONCE)
    .$if(isPostgres(db), (query) => query.forNoKeyUpdate().skipLocked())
    .execute();
  return endLeases(
    db,
    queue,
    late.map(({ id }) => id),
    'expired',
  );
}

async function endLeases(
  db: Database,
  queue: QueueTable,
  ids: readonly string[],
  status: 'released' | 'expired',
): Promise<number> {
  if (ids.length === 0) return 0;
  // Only those that are open still: another transaction may have ended one since it was read.
  const ended = await db
    .updateTable('leases')
    .set({ status, closedAt: now() })
    .where('id', 'in', ids)
    .where('status', '=', 'open')
    .returning(['imageId', 'reason'])
    .execute();
  await giveBack(
    db,
    queue,
    ended.filter(({ reason }) => reason === 'new').map(({ imageId }) => imageId),
  );
  return ended.length;
}

/** An image comes as often as leases of it ended; each number of times is one statement. */
async function giveBack(db: Database, queue: QueueTable, imageIds: readonly string[]): Promise<void> {
  const times = new Map<string, number>();
  for (const id of imageIds) times.set(id, (times.get(id) ?? 0) + 1);
  await lockItems(db, [...times.keys()]);
  for (const count of new Set(times.values())) {
    const ids = [...times].filter(([, each]) => each === count).map(([id]) => id);
    await changeQueueItems(db, ids, queue.wanted, { leases: -count, revived: true });
  }
}
