// What the answers about each image come to, by the model of Dawid and Skene.

import type { Database } from '../../project/database/database.ts';
import { listCountedRatings } from '../../project/rating/counted-ratings.ts';
import type { WhichAnswers } from '../../project/rating/select-answers.ts';
import { type DawidSkene, fitDawidSkene } from '../quality/dawid-skene.ts';

export const CLASSES = ['good', 'bad'] as const;

export interface Consensus {
  /** The probability that an image is good, by its identifier. */
  readonly good: ReadonlyMap<string, number>;
  readonly fit: DawidSkene;
}

/** Fits the good and bad answers of raters who are not excluded, about images of a split or purpose. */
export async function estimateGood(db: Database, where: WhichAnswers): Promise<Consensus> {
  const ratings = (await listCountedRatings(db, where)).filter(({ excluded }) => !excluded);
  const answers = ratings.map(({ imageId: item, raterId: rater, answer }) => ({ item, rater, answer }));
  const fit = fitDawidSkene(answers, { classes: CLASSES });
  return { good: new Map([...fit.posteriors].map(([item, [good]]) => [item, good!])), fit };
}
