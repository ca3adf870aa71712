// The test before the work: what raters answered in it, round by round, and how each round ended.

import type { Selectable } from 'kysely';
import { type Database, now } from '../database/database.ts';
import type { TestAnswerTable, TestResultTable } from '../database/schema-queue.ts';

export type TestAnswer = TestAnswerTable;
export interface TestResult extends Omit<Selectable<TestResultTable>, 'passed'> {
  readonly passed: boolean;
}

/** Stores an answer; returns whether it was new: the first one to a question counts. */
export async function insertTestAnswer(db: Database, answer: Omit<TestAnswer, 'answeredAt'>): Promise<boolean> {
  const { numInsertedOrUpdatedRows = 0n } = await db
    .insertInto('testAnswers')
    .values({ ...answer, answeredAt: now() })
    .onConflict((c) => c.columns(['raterId', 'round', 'imageId']).doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows > 0n;
}

export function listTestAnswers(db: Database, raterId: string, round: number): Promise<TestAnswer[]> {
  return db
    .selectFrom('testAnswers')
    .selectAll()
    .where('raterId', '=', raterId)
    .where('round', '=', round)
    .orderBy('answeredAt')
    .execute();
}

export async function insertTestResult(db: Database, result: Omit<TestResult, 'finishedAt'>): Promise<void> {
  const row = { ...result, passed: result.passed ? 1 : 0, finishedAt: now() };
  await db.insertInto('testResults').values(row).execute();
}

/** How the rounds of one rater or of all ended, in their order. */
export async function listTestResults(db: Database, where: { raterId?: string } = {}): Promise<TestResult[]> {
  const rows = await db
    .selectFrom('testResults')
    .selectAll()
    .$if(where.raterId !== undefined, (query) => query.where('raterId', '=', where.raterId!))
    .orderBy('raterId')
    .orderBy('round')
    .execute();
  return rows.map((row) => ({ ...row, passed: row.passed === 1 }));
}
