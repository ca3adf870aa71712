// Removing a person from a project: the account and all that opens the door by it go, and what is left of them, answers and
// records of what was changed, stands under the pseudonym that exports use, or goes too.

import { sql } from 'kysely';
import { CollimateError } from '../../util/errors.ts';
import { type Database, inTransaction, isPostgres } from '../database/database.ts';
import { recountQueueItems } from '../rating/queue-items.ts';
import { type EndedAccess, endAccess, NOTHING_ENDED } from './access.ts';
import { HOST, recordAudit } from './audit.ts';
import type { Person } from './find-person.ts';
import { readPseudonyms } from './pseudonyms.ts';

export interface Answers {
  readonly ratings: number;
  /** The history of the queue: answers as they were given, taken-back and repeated ones too. */
  readonly history: number;
  readonly pairAnswers: number;
  /** Choices of the best of a sheet. */
  readonly sheetChoices: number;
  readonly flags: number;
}

export interface Erased {
  readonly pseudonym: string;
  readonly account: boolean;
  readonly ended: EndedAccess;
  readonly answers: Answers;
  readonly kept: boolean;
  /** Entries of the audit log and jobs that name the pseudonym now. */
  readonly auditEntries: number;
  readonly jobs: number;
  /** Names of tokens' raters that were changed too, since people name machines after themselves. */
  readonly tokenRaters: number;
  /** Reward functions that learned from an image which the person rated: they stay as they are. */
  readonly rewardFunctions: number;
  /** Notes and guidelines whose text has the name or address in it; they are left as they are. */
  readonly mentions: number;
}

export interface EraseOptions {
  readonly answers: 'keep' | 'delete';
  /** Says what would be done, and does nothing. */
  readonly dryRun?: boolean;
}

/** @throws CollimateError USAGE for an owner while others have accounts. */
export async function erasePerson(db: Database, person: Person, { answers, dryRun }: EraseOptions): Promise<Erased> {
  await refuseOwner(db, person);
  const undo = new Error('a dry run');
  let erased: Erased | undefined;
  // Deleted rows are overwritten, and not only marked as free.
  if (!isPostgres(db)) await sql`pragma secure_delete = on`.execute(db);
  await inTransaction(db, async (tx) => {
    erased = await eraseWithin(tx, person, answers === 'keep');
    if (dryRun) throw undo;
  }).catch((error: unknown) => {
    if (error !== undo) throw error;
  });
  return erased!;
}

async function refuseOwner(db: Database, { id, account }: Person): Promise<void> {
  if (account?.role !== 'owner') return;
  const other = await db.selectFrom('users').select('id').where('id', '!=', id).limit(1).executeTakeFirst();
  if (other)
    throw new CollimateError(
      'USAGE',
      'people: the owner cannot be erased while others have accounts',
      'Make another one the owner first: `collimate people owner NAME`.',
    );
}

async function eraseWithin(db: Database, person: Person, keep: boolean): Promise<Erased> {
  const { id, account } = person;
  const pseudonym = (await readPseudonyms(db)).get(id)?.name ?? 'somebody who was removed';
  const answers = await countAnswers(db, id);
  const rewardFunctions = await countRewardFunctions(db, id);
  const tokenRaters = await renameTokens(db, id, pseudonym);
  const jobs = await renameJobs(db, id, pseudonym);
  const auditEntries = await renameEntries(db, person, pseudonym);
  const ended = account ? await endAccess(db, id) : NOTHING_ENDED;
  if (account) await db.deleteFrom('verifications').where('identifier', 'like', `%${account.email}%`).execute();
  await db.deleteFrom('crowdParticipants').where('raterId', '=', id).execute();
  await db.deleteFrom('users').where('id', '=', id).execute();
  await db
    .updateTable('raters')
    .set({ name: pseudonym, ...(account && { settings: '{}' }) })
    .where('id', '=', id)
    .execute();
  if (!keep) await deleteAnswers(db, id);
  const mentions = await countMentions(db, person);
  const counts = { answers, kept: keep, auditEntries, jobs, tokenRaters, rewardFunctions, mentions };
  const erased = { pseudonym, account: account !== null, ended, ...counts };
  await recordAudit(db, {
    actor: HOST,
    action: 'person.erase',
    target: id,
    detail: { kept: keep, answers, ended },
  });
  return erased;
}

type CountedTable = 'ratings' | 'answers' | 'studyAnswers' | 'sheetChoices' | 'flags';

async function countAnswers(db: Database, raterId: string): Promise<Answers> {
  const count = async (table: CountedTable) => {
    const row = await db
      .selectFrom(table)
      .select((e) => e.fn.countAll<number | string>().as('count'))
      .where('raterId', '=', raterId)
      .executeTakeFirstOrThrow();
    return Number(row.count);
  };
  return {
    ratings: await count('ratings'),
    history: await count('answers'),
    pairAnswers: await count('studyAnswers'),
    sheetChoices: await count('sheetChoices'),
    flags: await count('flags'),
  };
}

async function countRewardFunctions(db: Database, raterId: string): Promise<number> {
  const rows = await db
    .selectFrom('rewardExamples')
    .innerJoin('ratings', 'ratings.imageId', 'rewardExamples.imageId')
    .select('rewardHash')
    .distinct()
    .where('ratings.raterId', '=', raterId)
    .execute();
  return rows.length;
}

async function renameTokens(db: Database, accountId: string, pseudonym: string): Promise<number> {
  const ids = db.selectFrom('apiTokens').select('id').where('accountId', '=', accountId);
  const { numUpdatedRows } = await db
    .updateTable('raters')
    .set({ name: `a token of ${pseudonym}` })
    .where('id', 'in', ids)
    .executeTakeFirst();
  return Number(numUpdatedRows);
}

/** The jobs that the person started, as the audit log tells them from those of somebody of the same name. */
async function renameJobs(db: Database, id: string, pseudonym: string): Promise<number> {
  const started = db
    .selectFrom('auditLog')
    .select('target')
    .where('actorId', '=', id)
    .where('action', '=', 'job.start');
  const { numUpdatedRows } = await db
    .updateTable('jobs')
    .set({ startedBy: pseudonym })
    .where('id', 'in', started)
    .executeTakeFirst();
  return Number(numUpdatedRows);
}

/** What the person did stays in the log; who it was, and where failed attempts came from, does not. */
async function renameEntries(db: Database, { id, name, account }: Person, pseudonym: string): Promise<number> {
  const words = [name, account?.email].filter((word) => word !== undefined);
  const entries = await db
    .selectFrom('auditLog')
    .selectAll()
    .where((e) =>
      e.or([
        e('actorId', '=', id),
        e('target', '=', id),
        ...words.map((word) => e('detail', 'like', `%${JSON.stringify(word).slice(1, -1)}%`)),
      ]),
    )
    .execute();
  for (const entry of entries) {
    const hidden = JSON.parse(entry.detail, (_, part: unknown) =>
      words.includes(part as string) ? pseudonym : part,
    ) as Record<string, unknown>;
    if (entry.target === id) delete hidden.address;
    // A token is often named after who uses it.
    if (entry.actorId === id && entry.action === 'token.create') delete hidden.name;
    await db
      .updateTable('auditLog')
      .set({ detail: JSON.stringify(hidden), ...(entry.actorId === id && { actorName: pseudonym }) })
      .where('id', '=', entry.id)
      .execute();
  }
  return entries.length;
}

async function deleteAnswers(db: Database, raterId: string): Promise<void> {
  const rated = await db.selectFrom('ratings').select('imageId').where('raterId', '=', raterId).execute();
  const flagged = await db.selectFrom('flags').select('imageId').where('raterId', '=', raterId).execute();
  const open = db
    .selectFrom('leases')
    .select('imageId')
    .where('raterId', '=', raterId)
    .where('status', '=', 'open')
    .where('reason', '=', 'new');
  const leased = await open.execute();
  await db
    .updateTable('queueItems')
    .set((e) => ({ leases: e('leases', '-', 1) }))
    .where('imageId', 'in', open)
    .execute();
  const tables = [
    'answers',
    'leases',
    'queueCursors',
    'ratings',
    'flags',
    'notices',
    'testAnswers',
    'testResults',
    'studyAnswers',
    'studyPresentations',
    'sheetChoices',
  ] as const;
  const choices = db.selectFrom('sheetChoices').select('id').where('raterId', '=', raterId);
  await db.deleteFrom('sheetImages').where('choiceId', 'in', choices).execute();
  for (const table of tables) await db.deleteFrom(table).where('raterId', '=', raterId).execute();
  await db.deleteFrom('raters').where('id', '=', raterId).execute();
  // Images that now lack answers come back into the queue.
  await recountQueueItems(db, [...new Set([...rated, ...flagged, ...leased].map(({ imageId }) => imageId))]);
}

async function countMentions(db: Database, { name, account }: Person): Promise<number> {
  const words = [name, account?.email].filter((word) => word !== undefined);
  const texts = [
    ...(await db.selectFrom('flags').select('note as text').execute()),
    ...(await db.selectFrom('goldAnswers').select('note as text').execute()),
    ...(await db.selectFrom('decisions').select('note as text').execute()),
    ...(await db.selectFrom('notices').select('detail as text').execute()),
    ...(await db.selectFrom('ratings').select('note as text').where('note', '!=', '').execute()),
    ...(await db
      .selectFrom('answers')
      .select('note as text')
      .where('note', '!=', '')
      // The others are ratings, which are counted.
      .where((e) => e.or([e('undoneAt', 'is not', null), e('reason', '=', 'repeat')]))
      .execute()),
    ...(await db.selectFrom('studyAnswers').select('note as text').where('note', '!=', '').execute()),
    ...(await db.selectFrom('invites').select('note as text').execute()),
    ...(await db.selectFrom('guidelines').select('text').execute()),
  ];
  return texts.filter(({ text }) => words.some((word) => text.includes(word))).length;
}

/**
 * Has SQLite write its file anew, so that nothing of what was removed is left in it; PostgreSQL does that by itself in time.
 *
 * @returns whether it was done: not while others use the file, and not on PostgreSQL.
 */
export async function compactDatabase(db: Database): Promise<boolean> {
  if (isPostgres(db)) return false;
  try {
    await sql`vacuum`.execute(db);
    await sql`pragma wal_checkpoint(truncate)`.execute(db);
    return true;
  } catch (error) {
    if (error instanceof CollimateError && error.code === 'UNAVAILABLE') return false;
    throw error;
  }
}
