// How much of what they agreed to somebody of a crowd platform has done, and the code that they are given at the end.

import type { Database } from '../../../project/database/database.ts';
import { findCrowdTask, finishParticipant } from '../../../project/people/crowds.ts';

/** What a rater who came by a link is told of their task; null for raters who came by none. */
export async function readCrowdTask(db: Database, raterId: string, countAnswers: () => Promise<number>) {
  const task = await findCrowdTask(db, raterId);
  if (!task) return null;
  const { answersEach: wanted, code, returnUrl, finishedAt } = task;
  const answered = await countAnswers();
  // Who was told the code is done, also where an answer was taken back since.
  const isDone = finishedAt !== null || answered >= wanted;
  if (isDone && finishedAt === null) await finishParticipant(db, raterId);
  return { answered, wanted, code: isDone ? code : null, returnUrl: isDone ? returnUrl : null };
}
