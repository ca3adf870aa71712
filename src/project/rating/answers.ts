// Every answer as it was given through the queue: its client's identifier, its lease, and whether it was taken back.
// What counts for labels is in `ratings`; a deliberate repeat is here alone, so it never counts as another rater.

import type { Insertable } from 'kysely';
import { type Database, insertInChunks, now } from '../database/database.ts';
import type { Answer, ImagePurpose } from '../database/schema.ts';
import type { AnswerTable } from '../database/schema-queue.ts';
import { prepareStatement } from '../database/statements.ts';
import { type Beside, type BesideColumns, readBeside, toBesideColumns } from './scales.ts';

export type GivenAnswer = Omit<AnswerTable, keyof BesideColumns> & Beside;

export async function insertAnswers(db: Database, answers: readonly Omit<GivenAnswer, 'undoneAt'>[]): Promise<void> {
  await insertInChunks(
    db,
    answers.map(({ words, note, scales, ...answer }) => ({
      ...answer,
      undoneAt: null,
      ...toBesideColumns({ words, note, scales }),
    })),
    answerRows,
  );
}

const answerRows = (tx: Database, rows: Insertable<AnswerTable>[]) => tx.insertInto('answers').values(rows);

/** Who gave the answers of these clients' identifiers, by identifier; those that nobody gave are not in it. */
export async function findAnswerers(db: Database, clientIds: readonly string[]): Promise<Map<string, string>> {
  if (clientIds.length === 0) return new Map();
  const rows = await selectAnswerers(db, clientIds);
  return new Map(rows.map(({ clientId, raterId }) => [clientId, raterId]));
}

const selectAnswerers = prepareStatement((db, clientIds: readonly string[]) =>
  db.selectFrom('answers').select(['clientId', 'raterId']).where('clientId', 'in', clientIds),
);

/** The answers that stand under these leases, by lease: given, and neither taken back nor replaced. */
export async function findStandingAnswers(
  db: Database,
  leaseIds: readonly string[],
): Promise<Map<string, Pick<GivenAnswer, 'answer' | 'answeredAt' | keyof Beside>>> {
  if (leaseIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('answers')
    .select(['leaseId', 'answer', 'answeredAt', 'words', 'note', 'scales'])
    .where('leaseId', 'in', leaseIds)
    .where('undoneAt', 'is', null)
    .execute();
  return new Map(rows.map(({ leaseId, ...answer }) => [leaseId, { ...answer, ...readBeside(answer) }]));
}

/** Marks what a rater answered about an image before `latest` as replaced; a repeat replaces answers of its own lease alone. */
export async function markAnswersReplaced(db: Database, latest: Omit<GivenAnswer, 'undoneAt'>): Promise<void> {
  const { imageId, raterId, clientId, leaseId, reason } = latest;
  await db
    .updateTable('answers')
    .set({ undoneAt: now() })
    .where('imageId', '=', imageId)
    .where('raterId', '=', raterId)
    .where('clientId', '!=', clientId)
    .where('undoneAt', 'is', null)
    .$if(reason === 'repeat', (query) => query.where('leaseId', '=', leaseId))
    .$if(reason !== 'repeat', (query) => query.where('reason', '!=', 'repeat'))
    .execute();
}

/** A rater's last answers that stand, the latest first. */
export async function listLatestAnswers(
  db: Database,
  raterId: string,
  { purpose, limit }: { purpose: ImagePurpose; limit: number },
): Promise<GivenAnswer[]> {
  const rows = await db
    .selectFrom('answers')
    .innerJoin('leases', 'leases.id', 'answers.leaseId')
    .selectAll('answers')
    .where('answers.raterId', '=', raterId)
    .where('leases.purpose', '=', purpose)
    .where('undoneAt', 'is', null)
    .orderBy('answeredAt', 'desc')
    .orderBy('clientId', 'desc')
    .limit(limit)
    .execute();
  return rows.map((row) => ({ ...row, ...readBeside(row) }));
}

/** Marks an answer as taken back; it stays as history. */
export async function markAnswerUndone(db: Database, clientId: string): Promise<void> {
  await db.updateTable('answers').set({ undoneAt: now() }).where('clientId', '=', clientId).execute();
}

/** A rater's first and second answer about one image. */
export interface RepeatedAnswer {
  raterId: string;
  imageId: string;
  first: Answer;
  second: Answer;
  repeatedAt: string;
}

/** Deliberate repeats beside the answers that they repeat, by rater and time: how well raters agree with themselves. */
export function listRepeatedAnswers(db: Database, where: { raterId?: string } = {}): Promise<RepeatedAnswer[]> {
  let query = db
    .selectFrom('answers')
    .innerJoin('ratings', (join) =>
      join.onRef('ratings.imageId', '=', 'answers.imageId').onRef('ratings.raterId', '=', 'answers.raterId'),
    )
    .select([
      'answers.raterId',
      'answers.imageId',
      'ratings.answer as first',
      'answers.answer as second',
      'answers.answeredAt as repeatedAt',
    ])
    .where('answers.reason', '=', 'repeat')
    .where('undoneAt', 'is', null)
    .orderBy('answers.raterId')
    .orderBy('answeredAt')
    .orderBy('answers.imageId');
  if (where.raterId) query = query.where('answers.raterId', '=', where.raterId);
  return query.execute();
}
