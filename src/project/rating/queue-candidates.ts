// Which images a rater could be shown next. Each query is answered by an index and stops after a few rows; only a rater
// who has seen nearly everything causes a walk through the whole queue.

import { type SelectQueryBuilder, sql } from 'kysely';
import { type Database, isPostgres } from '../database/database.ts';
import type { ImagePurpose, Tables } from '../database/schema.ts';
import type { QueueItemTable, QueueTable } from '../database/schema-queue.ts';

export type QueueCandidate = Pick<QueueItemTable, 'imageId' | 'promptId' | 'priority' | 'place'>;

type CandidateQuery = SelectQueryBuilder<Tables, 'queueItems', QueueCandidate>;

/** Items that the rater has neither rated nor before them and that are open. */
function selectUnseen(db: Database, raterId: string): CandidateQuery {
  return db
    .selectFrom('queueItems')
    .select(['queueItems.imageId', 'queueItems.promptId', 'priority', 'place'])
    .where('open', '=', 1)
    .where(notRated('queueItems.imageId', raterId))
    .where(notHeld('queueItems.imageId', raterId));
}

const inOrder = (query: CandidateQuery) => query.orderBy('priority').orderBy('place');

/** The purpose in a form that keeps SQLite from the index by priority, where another one finds far fewer rows. */
const ofPurpose = (purpose: ImagePurpose, table = 'queueItems') =>
  sql<boolean>`${sql.ref(`${table}.purpose`)} || '' = ${purpose}`;

const notRated = (image: string, raterId: string) =>
  sql<boolean>`not exists (select 1 from ratings where ratings.image_id = ${sql.ref(image)} and ratings.rater_id = ${raterId})`;

const notHeld = (image: string, raterId: string) =>
  sql<boolean>`not exists (select 1 from leases
    where leases.image_id = ${sql.ref(image)} and leases.rater_id = ${raterId} and leases.status = 'open')`;

/** No one flagged the image as broken or unsafe, or that was dismissed. */
const notFlagged = (image: string) =>
  sql<boolean>`not exists (select 1 from flags where flags.image_id = ${sql.ref(image)} and flags.kind <> 'other'
    and (flags.resolution is null or flags.resolution = 'upheld'))`;

/** The image is in no closed batch. */
const notClosed = (image: string) =>
  sql<boolean>`not exists (select 1 from batch_images join batches on batches.id = batch_images.batch_id
    where batch_images.image_id = ${sql.ref(image)} and batches.closed = 1)`;

/** Where two raters ask at once, each locks what it takes and passes over what the other has locked. */
const lockItems = (db: Database, query: CandidateQuery) =>
  query.$if(isPostgres(db), (open) => open.forNoKeyUpdate('queueItems').skipLocked());

/** How many revived items are looked through: those at the front may all have been seen by this rater. */
const REVIVED_AT_ONCE = 200;

/**
 * The next open images for a rater: revived ones, then those after the rater's cursor, and, where that is not enough,
 * any. `prompt` keeps to the images of one prompt.
 */
export async function takeCandidates(
  db: Database,
  queue: QueueTable,
  raterId: string,
  count: number,
  { promptId }: { promptId?: string } = {},
): Promise<QueueCandidate[]> {
  if (count <= 0) return [];
  if (promptId !== undefined)
    return lockItems(
      db,
      inOrder(
        selectUnseen(db, raterId).where('queueItems.promptId', '=', promptId).where(ofPurpose(queue.purpose)),
      ).limit(count),
    ).execute();
  const unseen = () => inOrder(selectUnseen(db, raterId).where('queueItems.purpose', '=', queue.purpose));
  const found = await takeRevived(db, queue, raterId, count);
  if (found.length >= count) return found;

  const cursor = await readCursor(db, queue, raterId);
  const after = await lockItems(
    db,
    leaveOut(unseen(), found)
      .$if(cursor !== undefined, (query) =>
        query.where(sql<boolean>`(priority, place) > (${cursor?.priority}, ${cursor?.place})`),
      )
      .limit(count - found.length),
  ).execute();
  found.push(...after);
  const last = after.at(-1);
  if (last) await writeCursor(db, queue, raterId, last);
  if (found.length >= count || cursor === undefined) return found;

  const rest = await lockItems(db, leaveOut(unseen(), found).limit(count - found.length)).execute();
  return [...found, ...rest];
}

/** From the few items that came back: first those that the rater may have, then the first of these with a lock. */
async function takeRevived(db: Database, queue: QueueTable, raterId: string, count: number): Promise<QueueCandidate[]> {
  const revived = await db
    .selectFrom('queueItems')
    .select('imageId')
    .where(ofPurpose(queue.purpose))
    .where('revived', '=', sql.lit(1))
    .where('open', '=', sql.lit(1))
    .orderBy('priority')
    .orderBy('place')
    .limit(REVIVED_AT_ONCE)
    .execute();
  const among = (ids: readonly string[]) => selectUnseen(db, raterId).where('queueItems.imageId', 'in', ids);
  const byOrder = (a: QueueCandidate, b: QueueCandidate) => a.priority - b.priority || a.place - b.place;
  const ids = revived.map(({ imageId }) => imageId);
  const first = ids.length === 0 ? [] : (await among(ids).execute()).sort(byOrder).slice(0, count);
  if (first.length === 0 || !isPostgres(db)) return first;
  const locked = await lockItems(db, among(first.map(({ imageId }) => imageId))).execute();
  return locked.sort(byOrder);
}

function leaveOut(query: CandidateQuery, found: readonly QueueCandidate[]): CandidateQuery {
  if (found.length === 0) return query;
  return query.where(
    'queueItems.imageId',
    'not in',
    found.map(({ imageId }) => imageId),
  );
}

async function readCursor(db: Database, { purpose, epoch }: QueueTable, raterId: string) {
  return db
    .selectFrom('queueCursors')
    .select(['priority', 'place'])
    .where('raterId', '=', raterId)
    .where('purpose', '=', purpose)
    .where('epoch', '=', epoch)
    .executeTakeFirst();
}

async function writeCursor(
  db: Database,
  { purpose, epoch }: QueueTable,
  raterId: string,
  { priority, place }: QueueCandidate,
): Promise<void> {
  await db
    .insertInto('queueCursors')
    .values({ raterId, purpose, epoch, priority, place })
    .onConflict((c) => c.columns(['raterId', 'purpose']).doUpdateSet({ epoch, priority, place }))
    .execute();
}

/**
 * The first gold images after `from`, of one prompt or any, that the rater has neither answered nor before them; identifiers are in
 * random order. Whatever they were drawn for: those of an evaluation test raters as well as those for feedback.
 */
export async function findGoldCandidates(
  db: Database,
  raterId: string,
  count: number,
  { from, promptId }: { from: string; promptId?: string },
): Promise<string[]> {
  const unseen = db
    .selectFrom('goldAnswers')
    .innerJoin('images', 'images.id', 'goldAnswers.imageId')
    .select('goldAnswers.imageId')
    .where('use', '=', 'mixed')
    .$if(promptId !== undefined, (query) => query.where('images.promptId', '=', promptId!))
    .where(notRated('goldAnswers.imageId', raterId))
    .where(notHeld('goldAnswers.imageId', raterId))
    .where(notFlagged('goldAnswers.imageId'))
    .where(notClosed('goldAnswers.imageId'))
    .orderBy('goldAnswers.imageId');
  const after = await unseen.where('goldAnswers.imageId', '>', from).limit(count).execute();
  const before =
    after.length < count
      ? await unseen
          .where('goldAnswers.imageId', '<=', from)
          .limit(count - after.length)
          .execute()
      : [];
  return [...after, ...before].map(({ imageId }) => imageId);
}

/** Images, of one prompt or any, that the rater answered between `from` and `to` answers ago and that were not repeated yet. */
export async function findRepeatCandidates(
  db: Database,
  queue: QueueTable,
  raterId: string,
  { from, to, promptId }: { from: number; to: number; promptId?: string },
): Promise<string[]> {
  const window = db
    .selectFrom('answers')
    .select(['answers.imageId', 'answers.answeredAt'])
    .where('answers.raterId', '=', raterId)
    .where('answers.reason', '!=', 'repeat')
    .where('answers.undoneAt', 'is', null)
    .orderBy('answers.answeredAt', 'desc')
    .limit(to - from)
    .offset(from)
    .as('earlier');
  const rows = await db
    .selectFrom(window)
    .innerJoin('images', 'images.id', 'earlier.imageId')
    .select('earlier.imageId')
    .where(ofPurpose(queue.purpose, 'images'))
    .$if(promptId !== undefined, (query) => query.where('images.promptId', '=', promptId!))
    .where(
      sql<boolean>`not exists (select 1 from answers again where again.image_id = earlier.image_id
        and again.rater_id = ${raterId} and again.reason = 'repeat')`,
    )
    .where(notHeld('earlier.imageId', raterId))
    .where(notFlagged('earlier.imageId'))
    .where(notClosed('earlier.imageId'))
    .orderBy('earlier.answeredAt')
    .execute();
  return rows.map(({ imageId }) => imageId);
}

/** How many images a rater was ever shown in a queue. */
export async function countLeases(db: Database, purpose: ImagePurpose, raterId: string): Promise<number> {
  const row = await db
    .selectFrom('leases')
    .select((e) => e.fn.countAll<number | string>().as('count'))
    .where('raterId', '=', raterId)
    .where('purpose', '=', purpose)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}
