// Every answer as it was given through the queue: its client's identifier, its lease, and whether it was taken back.
// What counts for labels is in `ratings`; a deliberate repeat is here alone, so it never counts as another rater.

import { type Database, now } from './database.ts';
import type { Answer } from './schema.ts';
import type { AnswerTable } from './schema-queue.ts';

export type GivenAnswer = AnswerTable;

export async function insertAnswer(db: Database, answer: Omit<GivenAnswer, 'undoneAt'>): Promise<void> {
  await db
    .insertInto('answers')
    .values({ ...answer, undoneAt: null })
    .execute();
}

export function findAnswer(db: Database, clientId: string): Promise<GivenAnswer | undefined> {
  return db.selectFrom('answers').selectAll().where('clientId', '=', clientId).executeTakeFirst();
}

/** A rater's last answers that stand, the latest first. */
/** Whether an answer under this lease stands: it was given and not taken back. */
export async function hasStandingAnswer(db: Database, leaseId: string): Promise<boolean> {
  const query = db
    .selectFrom('answers')
    .select('clientId')
    .where('leaseId', '=', leaseId)
    .where('undoneAt', 'is', null);
  return (await query.limit(1).executeTakeFirst()) !== undefined;
}

export function listLatestAnswers(
  db: Database,
  raterId: string,
  { purpose, limit }: { purpose: string; limit: number },
): Promise<GivenAnswer[]> {
  return db
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
