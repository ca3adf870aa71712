// What raters are checked by: known answers, and deliberate repeats of what they answered before.

import type { Database } from './database.ts';
import type { Answer } from './schema.ts';

/** A rater's answer beside the one that it should be like. */
export interface RaterCheck {
  raterId: string;
  answer: Answer;
  other: Answer;
}

/** Answers about gold images beside the known ones. */
export function listGoldPairs(db: Database, purpose: string): Promise<RaterCheck[]> {
  return db
    .selectFrom('goldAnswers')
    .innerJoin('ratings', 'ratings.imageId', 'goldAnswers.imageId')
    .innerJoin('images', 'images.id', 'ratings.imageId')
    .select(['ratings.raterId', 'ratings.answer', 'goldAnswers.answer as other'])
    .where('images.purpose', '=', purpose)
    .execute();
}

/** Repeats beside the answers that they repeat; those that were taken back are left out. */
export function listRepeatPairs(db: Database, purpose: string): Promise<RaterCheck[]> {
  return db
    .selectFrom('answers')
    .innerJoin('ratings', (join) =>
      join.onRef('ratings.imageId', '=', 'answers.imageId').onRef('ratings.raterId', '=', 'answers.raterId'),
    )
    .innerJoin('images', 'images.id', 'ratings.imageId')
    .select(['answers.raterId', 'answers.answer', 'ratings.answer as other'])
    .where('answers.reason', '=', 'repeat')
    .where('undoneAt', 'is', null)
    .where('images.purpose', '=', purpose)
    .execute();
}
