// Ratings with what they are grouped by: the prompt and its category, and whether their rater counts.

import type { Database } from '../database/database.ts';
import type { Answer } from '../database/schema.ts';
import { selectAnswers, type WhichAnswers } from './select-answers.ts';

export interface CountedRating {
  imageId: string;
  raterId: string;
  answer: Answer;
  milliseconds: number;
  promptId: string;
  category: string;
  excluded: boolean;
}

/** All ratings about images of a purpose or split, those of excluded raters marked, ordered by image and rater. */
export async function listCountedRatings(db: Database, where: WhichAnswers = {}): Promise<CountedRating[]> {
  const query = selectAnswers(db, where)
    .select(['imageId', 'raterId', 'answer', 'milliseconds', 'promptId', 'prompts.category', 'excluded'])
    .orderBy('imageId')
    .orderBy('raterId');
  return (await query.execute()).map((row) => ({ ...row, excluded: row.excluded === 1 }));
}
