// Which answers are meant, and the query of them that others go on with.

import type { Database } from '../database/database.ts';
import type { ImagePurpose, PromptSplit } from '../database/schema.ts';

/** Whose answers count: all of raters who are not excluded where neither is given. */
export interface WhoseAnswers {
  /** These raters' alone. */
  readonly raters?: readonly string[];
  /** Everybody else's. */
  readonly withoutRaters?: readonly string[];
}

export interface WhichAnswers extends WhoseAnswers {
  readonly split?: PromptSplit;
  readonly purpose?: ImagePurpose;
}

/** Ratings, those of excluded raters too, joined to their raters, images and prompts. */
export function selectAnswers(db: Database, { split, purpose, raters, withoutRaters }: WhichAnswers) {
  let query = db
    .selectFrom('ratings')
    .innerJoin('raters', 'raters.id', 'ratings.raterId')
    .innerJoin('images', 'images.id', 'ratings.imageId')
    .innerJoin('prompts', 'prompts.id', 'images.promptId');
  if (split) query = query.where('prompts.split', '=', split);
  if (purpose) query = query.where('images.purpose', '=', purpose);
  if (raters) query = query.where('ratings.raterId', 'in', raters);
  if (withoutRaters?.length) query = query.where('ratings.raterId', 'not in', withoutRaters);
  return query;
}
