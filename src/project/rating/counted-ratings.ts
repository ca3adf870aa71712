// Ratings with what they are grouped by: the prompt and its category, and whether their rater counts.

import type { Database } from '../database/database.ts';
import type { Answer, ImagePurpose, PromptSplit } from '../database/schema.ts';
import type { WhoseAnswers } from './ratings.ts';

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
export async function listCountedRatings(
  db: Database,
  where: { split?: PromptSplit; purpose?: ImagePurpose } & WhoseAnswers = {},
): Promise<CountedRating[]> {
  let query = db
    .selectFrom('ratings')
    .innerJoin('raters', 'raters.id', 'ratings.raterId')
    .innerJoin('images', 'images.id', 'ratings.imageId')
    .innerJoin('prompts', 'prompts.id', 'images.promptId')
    .select(['imageId', 'raterId', 'answer', 'milliseconds', 'promptId', 'prompts.category', 'excluded'])
    .orderBy('imageId')
    .orderBy('raterId');
  if (where.split) query = query.where('split', '=', where.split);
  if (where.purpose) query = query.where('purpose', '=', where.purpose);
  if (where.raters) query = query.where('raterId', 'in', where.raters);
  if (where.withoutRaters?.length) query = query.where('raterId', 'not in', where.withoutRaters);
  return (await query.execute()).map((row) => ({ ...row, excluded: row.excluded === 1 }));
}
