// Words of prompts that raters said a bad picture does not show.

import type { Database } from '../database/database.ts';
import { readReasons } from './reasons.ts';
import { selectAnswers, type WhichAnswers } from './select-answers.ts';

/** A bad picture with the words that any of its raters named, in lower case, each once. */
export interface MarkedImage {
  readonly imageId: string;
  readonly promptId: string;
  readonly words: readonly string[];
}

/** Pictures whose bad answers name words, in a fixed order; those of raters who are excluded do not count. */
export async function listMarkedImages(db: Database, where: WhichAnswers = {}): Promise<MarkedImage[]> {
  const query = selectAnswers(db, where)
    .where('raters.excluded', '=', 0)
    .where('ratings.answer', '=', 'bad')
    .where('ratings.words', '!=', '[]')
    .select(['images.id as imageId', 'prompts.id as promptId', 'ratings.words', 'ratings.note'])
    .orderBy('images.id')
    .orderBy('ratings.raterId');
  const images = new Map<string, MarkedImage>();
  for (const { imageId, promptId, ...reasons } of await query.execute()) {
    const before = images.get(imageId)?.words ?? [];
    const words = readReasons(reasons).words.map((word) => word.toLowerCase());
    images.set(imageId, { imageId, promptId, words: [...new Set([...before, ...words])] });
  }
  return [...images.values()];
}
