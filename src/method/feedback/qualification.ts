// The test before the work: pictures whose answer is known, with feedback after each; whoever reaches the pass mark goes on to
// real work, whoever does not tries again, and is paused in the end.

import { type Database, inTransaction } from '../../project/database/database.ts';
import type { Answer } from '../../project/database/schema.ts';
import { type GoldView, listGoldViews } from '../../project/rating/gold.ts';
import { insertNotice, listNotices } from '../../project/rating/notices.ts';
import {
  insertTestAnswer,
  insertTestResult,
  listTestAnswers,
  listTestResults,
} from '../../project/rating/rater-tests.ts';
import { CollimateError } from '../../util/errors.ts';
import { random } from '../../util/random.ts';
import { type QueueContext, takeRater } from './queue/open-queue.ts';

/** `none`: the project has no test. */
export type TestState = 'none' | 'due' | 'passed' | 'failed';

export interface Qualification {
  readonly state: TestState;
  readonly questions: number;
  /** Of this round. */
  readonly answered: number;
  /** Of this round, or of the last one where none is under way. */
  readonly right: number;
  readonly passMark: number;
  /** Rounds that are left, this one among them. */
  readonly triesLeft: number;
  /** The picture to be answered; none but where a test is due. */
  readonly next: Pick<GoldView, 'imageId' | 'hash' | 'prompt'> | null;
}

/** Where a rater is in the test. */
export async function readQualification({ db, config }: QueueContext, raterId: string): Promise<Qualification> {
  const { passMark, testTries } = config.studio;
  const questions = await listGoldViews(db, { use: 'test' });
  const idle = { questions: questions.length, answered: 0, right: 0, passMark, triesLeft: 0, next: null };
  if (questions.length === 0) return { state: 'none', ...idle };
  const results = await listTestResults(db, { raterId });
  const right = results.at(-1)?.rightAnswers ?? 0;
  if (results.some(({ passed }) => passed)) return { state: 'passed', ...idle, right };
  // An admin who lets somebody go on gives them as many tries again.
  const forgiven = (await listNotices(db, { raterId })).filter(({ rule, closedAt }) => rule === 'test' && closedAt);
  const triesLeft = testTries * (1 + forgiven.length) - results.length;
  if (triesLeft <= 0) return { state: 'failed', ...idle, right };
  const round = results.length + 1;
  const given = await listTestAnswers(db, raterId, round);
  const answered = new Set(given.map(({ imageId }) => imageId));
  const order = random(config.seed, 'qualification', raterId, round).shuffle(
    questions.toSorted((a, b) => (a.imageId < b.imageId ? -1 : 1)),
  );
  const next = order.find(({ imageId }) => !answered.has(imageId));
  return {
    state: 'due',
    questions: questions.length,
    answered: given.length,
    passMark,
    triesLeft,
    right: given.filter(({ answer, known }) => answer === known).length,
    next: next ? { imageId: next.imageId, hash: next.hash, prompt: next.prompt } : null,
  };
}

/** Ends a round whose questions are all answered: one of them may have been taken out of the test meanwhile. */
export async function settleTest(context: QueueContext, raterId: string): Promise<Qualification> {
  return inTransaction(context.db, async (db) => {
    await takeRater(db, raterId);
    const before = await readQualification({ ...context, db }, raterId);
    if (before.state !== 'due' || before.next) return before;
    const round = (await listTestResults(db, { raterId })).length + 1;
    await endRound(db, before, { raterId, round });
    return readQualification({ ...context, db }, raterId);
  });
}

export interface TestFeedback {
  readonly right: boolean;
  readonly known: Answer;
  readonly why: string;
  readonly test: Qualification;
}

/**
 * Takes the answer to a picture of the test and says what is known of it; the last one ends the round.
 *
 * @throws CollimateError USAGE where no test is due, or for a picture that is none of its questions or was answered.
 */
export function answerTest(
  context: QueueContext,
  { raterId, imageId, answer }: { raterId: string; imageId: string; answer: Answer },
): Promise<TestFeedback> {
  return inTransaction(context.db, async (db) => {
    await takeRater(db, raterId);
    const within = { ...context, db };
    const before = await readQualification(within, raterId);
    const question = (await listGoldViews(db, { use: 'test' })).find((gold) => gold.imageId === imageId);
    if (before.state !== 'due' || !question)
      throw new CollimateError('USAGE', 'test: this picture is not asked of you', 'Load the page again.');
    const round = (await listTestResults(db, { raterId })).length + 1;
    const known = question.answer;
    if (!(await insertTestAnswer(db, { raterId, round, imageId, answer, known })))
      throw new CollimateError('USAGE', 'test: this picture was answered already', 'Load the page again.');
    await endRound(db, before, { raterId, round });
    return { right: answer === known, known, why: question.note, test: await readQualification(within, raterId) };
  });
}

/** Whoever has failed the last try is paused, and an admin learns of it. */
async function endRound(
  db: Database,
  { questions, passMark, triesLeft }: Qualification,
  { raterId, round }: { raterId: string; round: number },
): Promise<void> {
  const given = await listTestAnswers(db, raterId, round);
  const asked = new Set((await listGoldViews(db, { use: 'test' })).map(({ imageId }) => imageId));
  const counted = given.filter(({ imageId }) => asked.has(imageId));
  if (counted.length < questions) return;
  const rightAnswers = counted.filter(({ answer, known }) => answer === known).length;
  // 0.8 of 5 is 4 also where it is 4.0000000001.
  const passed = rightAnswers >= passMark * questions - 1e-9;
  await insertTestResult(db, { raterId, round, passed, rightAnswers, questions });
  if (passed || triesLeft > 1) return;
  const detail = `${rightAnswers} of ${questions} right in the last of ${round} tries of the test; ${Math.round(100 * passMark)} % wanted`;
  await insertNotice(db, { raterId, rule: 'test', action: 'pause', detail });
}
