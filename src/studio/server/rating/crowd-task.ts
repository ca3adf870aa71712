// How much of what they agreed to somebody of a crowd platform has done, and the code that they are given at the end.

import type { Database } from '../../../project/database/database.ts';
import { findCrowdTask, finishParticipant } from '../../../project/people/crowds.ts';

/** How many items a rater may still be given, and what is told of it; null for raters who came by no link. */
export async function readCrowdTask(db: Database, raterId: string, answered: number) {
  const task = await findCrowdTask(db, raterId);
  if (!task) return null;
  const { answersEach: wanted, code, returnUrl, finishedAt } = task;
  // Who was told the code is done, also where an answer was taken back since.
  const isDone = finishedAt !== null || answered >= wanted;
  if (isDone && finishedAt === null) await finishParticipant(db, raterId);
  return { answered, wanted, code: isDone ? code : null, returnUrl: isDone ? returnUrl : null };
}
