// Images with the mean of what raters said on the scale of alignment, beside good and bad answers where no scale was asked.

import type { Database } from '../database/database.ts';
import { listDecided } from './decisions.ts';
import { applyDecisions, type LabelledImage } from './ratings.ts';
import { readScales, shareOfStep } from './scales.ts';
import { selectAnswers, type WhichAnswers } from './select-answers.ts';

/**
 * Images of which a rater who is not excluded said anything, in a fixed order. `label` is the mean over raters of (step − 1) / 4, where
 * good counts as 1 and bad as 0 for those who were asked for no scale; what was decided stands in its place.
 */
export async function listScaledImages(db: Database, where: WhichAnswers = {}): Promise<LabelledImage[]> {
  const rows = await selectAnswers(db, where)
    .where('raters.excluded', '=', 0)
    .select(['images.id as imageId', 'images.hash as hash', 'prompts.id as promptId', 'prompts.split as split'])
    .select(['ratings.answer', 'ratings.scales'])
    .orderBy('images.id')
    .orderBy('ratings.raterId')
    .execute();
  const images = new Map<string, LabelledImage & { shares: number[] }>();
  for (const { answer, scales, ...image } of rows) {
    const of = images.get(image.imageId) ?? { ...image, good: 0, bad: 0, skipped: 0, label: 0, shares: [] };
    images.set(image.imageId, of);
    of[answer === 'skip' ? 'skipped' : answer]++;
    const { alignment } = readScales(scales);
    if (alignment !== undefined) of.shares.push(shareOfStep(alignment));
    else if (answer !== 'skip') of.shares.push(answer === 'good' ? 1 : 0);
  }
  const all = new Map<string, LabelledImage>();
  const said: LabelledImage[] = [];
  for (const { shares, ...image } of images.values()) {
    const label = shares.reduce((sum, share) => sum + share, 0) / Math.max(1, shares.length);
    all.set(image.imageId, { ...image, label });
    if (shares.length > 0) said.push({ ...image, label });
  }
  return where.raters ? said : applyDecisions(said, all, await listDecided(db, where));
}
