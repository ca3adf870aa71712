// Words of prompts that raters said a bad picture does not show.

import type { Database } from '../database/database.ts';
import type { ImagePurpose, PromptSplit } from '../database/schema.ts';
import type { WhoseAnswers } from './ratings.ts';
import { readReasons } from './reasons.ts';

/** A bad picture with the words that any of its raters named, in lower case, each once. */
export interface MarkedImage {
  readonly imageId: string;
  readonly promptId: string;
  readonly words: readonly string[];
}

/** Pictures whose bad answers name words, in a fixed order; those of raters who are excluded do not count. */
export async function listMarkedImages(
  db: Database,
  where: { split?: PromptSplit; purpose?: ImagePurpose } & WhoseAnswers = {},
): Promise<MarkedImage[]> {
  let query = db
    .selectFrom('ratings')
    .innerJoin('raters', 'raters.id', 'ratings.raterId')
    .innerJoin('images', 'images.id', 'ratings.imageId')
    .innerJoin('prompts', 'prompts.id', 'images.promptId')
    .where('raters.excluded', '=', 0)
    .where('ratings.answer', '=', 'bad')
    .where('ratings.words', '!=', '[]')
    .select(['images.id as imageId', 'prompts.id as promptId', 'ratings.words', 'ratings.note'])
    .orderBy('images.id')
    .orderBy('ratings.raterId');
  if (where.split) query = query.where('prompts.split', '=', where.split);
  if (where.purpose) query = query.where('images.purpose', '=', where.purpose);
  if (where.raters) query = query.where('ratings.raterId', 'in', where.raters);
  if (where.withoutRaters?.length) query = query.where('ratings.raterId', 'not in', where.withoutRaters);
  const images = new Map<string, MarkedImage>();
  for (const { imageId, promptId, ...reasons } of await query.execute()) {
    const before = images.get(imageId)?.words ?? [];
    const words = readReasons(reasons).words.map((word) => word.toLowerCase());
    images.set(imageId, { imageId, promptId, words: [...new Set([...before, ...words])] });
  }
  return [...images.values()];
}
