// The items of the rating queue: one for each image, with counts of answers and leases that decide whether it is open.
// Every function here keeps `open` true to those counts; whoever changes ratings, leases, gold or flags calls one.

import { sql } from 'kysely';
import { sha256 } from '../../util/hash.ts';
import { type Database, insertInChunks, inTransaction, isPostgres } from '../database/database.ts';
import type { ImagePurpose, ImageTable } from '../database/schema.ts';
import type { QueueItemTable } from '../database/schema-queue.ts';
import { prepareStatement } from '../database/statements.ts';

/** Where an image stands in a random order: a number in [0, 1) made from its identifier. */
export function randomPriority(imageId: string): number {
  return Number.parseInt(sha256(imageId).slice(0, 12), 16) / 2 ** 48;
}

/** Queues images that are not queued yet, after those that are. */
export async function queueImages(
  db: Database,
  images: readonly Pick<ImageTable, 'id' | 'purpose' | 'promptId'>[],
): Promise<void> {
  if (images.length === 0) return;
  const queues = await db.selectFrom('queues').select(['purpose', 'priority']).execute();
  // At random is how a queue begins: to put many images in order later takes longer than who asks first should wait.
  const ordered = new Set(queues.filter(({ priority }) => priority !== 'random').map(({ purpose }) => purpose));
  const last = await db
    .selectFrom('queueItems')
    .select((e) => e.fn.max('place').as('place'))
    .executeTakeFirst();
  const first = Number(last?.place ?? 0) + 1;
  const rows = images.map(({ id, purpose, promptId }, i) => ({
    imageId: id,
    purpose,
    promptId,
    place: first + i,
    priority: ordered.has(purpose) ? 0 : randomPriority(id),
  }));
  await insertInChunks(db, rows, (tx, chunk) =>
    tx
      .insertInto('queueItems')
      .values(chunk as QueueItemTable[])
      .onConflict((c) => c.column('imageId').doNothing()),
  );
}

/** What a lease or an answer changes of an item. */
export interface QueueItemChange {
  answers?: number;
  leases?: number;
  /** The item may have become open, or more urgent, behind the cursors of raters. */
  revived?: boolean;
  priority?: number;
}

/** Adds the same to the counts of each item and opens or closes it; the rows stay locked until the transaction ends. */
export async function changeQueueItems(
  db: Database,
  imageIds: readonly string[],
  wanted: number,
  { answers = 0, leases = 0, revived, priority }: QueueItemChange,
): Promise<void> {
  if (imageIds.length === 0) return;
  if (imageIds.length > 1) await lockItems(db, imageIds);
  if (revived === undefined && priority === undefined)
    return void (await updateCounts(db, answers, leases, answers + leases, wanted, imageIds));
  await db
    .updateTable('queueItems')
    .set((e) => ({
      answers: e('answers', '+', answers),
      leases: e('leases', '+', leases),
      open: isOpen(answers + leases, wanted),
      ...(revived && { revived: 1 }),
      ...(priority !== undefined && { priority }),
    }))
    .where('imageId', 'in', imageIds)
    .execute();
}

const updateCounts = prepareStatement(
  (db, answers: number, leases: number, both: number, wanted: number, imageIds: readonly string[]) =>
    db
      .updateTable('queueItems')
      .set((e) => ({
        answers: e('answers', '+', answers),
        leases: e('leases', '+', leases),
        open: isOpen(both, wanted),
      }))
      .where('imageId', 'in', imageIds),
);

/** Whether an item is open after `added` answers and leases more. */
const isOpen = (added: number, wanted: number) =>
  sql<number>`case when held = 0 and answers + leases + ${added} < ${wanted} then 1 else 0 end`;

const wantedOfQueue = sql`coalesce((select wanted from queues where queues.purpose = queue_items.purpose), 1)`;
const currentAnswers = sql<number>`(select count(*) from ratings join raters on raters.id = ratings.rater_id
  where ratings.image_id = queue_items.image_id and raters.excluded = 0)`;
const currentlyHeld = sql<number>`case when exists (select 1 from gold_answers where gold_answers.image_id = queue_items.image_id)
  or exists (select 1 from flags where flags.image_id = queue_items.image_id and flags.kind <> 'other'
    and (flags.resolution is null or flags.resolution = 'upheld'))
  or exists (select 1 from batch_images join batches on batches.id = batch_images.batch_id
    where batch_images.image_id = queue_items.image_id and batches.closed = 1) then 1 else 0 end`;
const shouldBeOpen = sql<number>`case when held = 0 and answers + leases < ${wantedOfQueue} then 1 else 0 end`;

/** Counts the answers of items anew and looks whether they are gold or flagged. */
export async function recountQueueItems(db: Database, imageIds: readonly string[]): Promise<void> {
  const ids = [...new Set(imageIds)].sort();
  await inTransaction(db, async (tx) => {
    for (let i = 0; i < ids.length; i += 1000) {
      const chunk = ids.slice(i, i + 1000);
      await lockItems(tx, chunk);
      await tx
        .updateTable('queueItems')
        .set({ answers: currentAnswers, held: currentlyHeld })
        .where('imageId', 'in', chunk)
        .execute();
      await tx
        .updateTable('queueItems')
        .set({ open: shouldBeOpen, revived: sql`case when open = 0 and ${shouldBeOpen} = 1 then 1 else revived end` })
        .where('imageId', 'in', chunk)
        .execute();
    }
  });
}

/** How many more raters each of these images may go to: none where it is held or has enough. */
export async function readRoom(
  db: Database,
  imageIds: readonly string[],
  wanted: number,
): Promise<Map<string, number>> {
  if (imageIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('queueItems')
    .select(['imageId', 'answers', 'leases', 'held'])
    .where('imageId', 'in', imageIds)
    .execute();
  return new Map(rows.map(({ imageId, answers, leases, held }) => [imageId, held ? 0 : wanted - answers - leases]));
}

/** In the order of their identifiers, as everywhere, so that no two transactions wait for each other. */
export async function lockItems(tx: Database, imageIds: readonly string[]): Promise<void> {
  if (!isPostgres(tx) || imageIds.length === 0) return;
  await tx
    .selectFrom('queueItems')
    .select('imageId')
    .where('imageId', 'in', imageIds)
    .orderBy('imageId')
    .forNoKeyUpdate()
    .execute();
}

/** Opens and closes all items of a purpose after the number of raters wanted has changed. */
export async function reopenQueueItems(db: Database, purpose: ImagePurpose): Promise<void> {
  await db
    .updateTable('queueItems')
    .set({ open: shouldBeOpen, revived: 0 })
    .where('purpose', '=', purpose)
    .where(sql<boolean>`(revived <> 0 or open <> ${shouldBeOpen})`)
    .execute();
}

/** Gives all items of a purpose a priority; `priorityOf` is asked for each. */
export async function orderQueueItems(
  db: Database,
  purpose: ImagePurpose,
  priorityOf: (imageId: string) => number,
): Promise<void> {
  const items = await db
    .selectFrom('queueItems')
    .select(['imageId', 'promptId', 'place', 'priority'])
    .where('purpose', '=', purpose)
    .orderBy('imageId')
    .execute();
  const rows = items
    .map(({ priority, ...item }) => ({ ...item, purpose, priority: priorityOf(item.imageId), before: priority }))
    .filter(({ priority, before }) => priority !== before)
    .map(({ before: _before, ...row }) => row);
  await insertInChunks(db, rows, (tx, chunk) =>
    tx
      .insertInto('queueItems')
      .values(chunk as unknown as QueueItemTable[])
      .onConflict((c) => c.column('imageId').doUpdateSet((e) => ({ priority: e.ref('excluded.priority') }))),
  );
}
