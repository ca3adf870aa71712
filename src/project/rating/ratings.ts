// Ratings: one answer of one rater about one image and its prompt. Skips are stored and left out of training.

import type { Insertable } from 'kysely';
import { hashJson } from '../../util/hash.ts';
import { type Database, insertInChunks, inTransaction } from '../database/database.ts';
import type { Answer, ImagePurpose, PromptSplit, RatingTable } from '../database/schema.ts';
import { prepareStatement } from '../database/statements.ts';
import { type DecidedImage, listDecided } from './decisions.ts';
import { recountQueueItems } from './queue-items.ts';
import { type Beside, type BesideColumns, type GivenBeside, readBeside, toBesideColumns } from './scales.ts';
import { selectAnswers, type WhichAnswers } from './select-answers.ts';

export type Rating = Omit<RatingTable, keyof BesideColumns> & Beside;

/** A rating to be stored; nothing is said beside the answer where nothing is given. */
export type NewRating = Omit<RatingTable, keyof BesideColumns> & GivenBeside;

const toRow = ({ words, note, scales, ...rating }: NewRating) => ({
  ...rating,
  ...toBesideColumns({ words, note, scales }),
});

function fromRow<Row extends BesideColumns>({ words, note, scales, ...rating }: Row) {
  return { ...rating, ...readBeside({ words, note, scales }) };
}

/** Stores ratings; a rater's earlier answer about the same image stays. Returns how many were new. */
export function insertRatings(db: Database, ratings: readonly NewRating[]): Promise<number> {
  return inTransaction(db, async (tx) => {
    const added = await insertInChunks(tx, ratings.map(toRow), (open, chunk) =>
      open
        .insertInto('ratings')
        .values(chunk)
        .onConflict((c) => c.columns(['imageId', 'raterId']).doNothing()),
    );
    if (added > 0)
      await recountQueueItems(
        tx,
        ratings.map(({ imageId }) => imageId),
      );
    return added;
  });
}

/** Stores ratings, at most one of each rater and image, in place of the raters' earlier answers about the same images. */
export async function replaceRatings(db: Database, ratings: readonly NewRating[]): Promise<void> {
  if (ratings.length === 0) return;
  await inTransaction(db, async (tx) => {
    await replaceRatingsUncounted(tx, ratings);
    await recountQueueItems(
      tx,
      ratings.map(({ imageId }) => imageId),
    );
  });
}

/** `replaceRatings` for the queue, which keeps its own counts. */
export async function replaceRatingsUncounted(db: Database, ratings: readonly NewRating[]): Promise<void> {
  await insertInChunks(db, ratings.map(toRow), (tx, rows) =>
    tx
      .insertInto('ratings')
      .values(rows)
      .onConflict((c) =>
        c.columns(['imageId', 'raterId']).doUpdateSet((e) => ({
          answer: e.ref('excluded.answer'),
          ratedAt: e.ref('excluded.ratedAt'),
          milliseconds: e.ref('excluded.milliseconds'),
          guidelineVersion: e.ref('excluded.guidelineVersion'),
          words: e.ref('excluded.words'),
          note: e.ref('excluded.note'),
          scales: e.ref('excluded.scales'),
        })),
      ),
  );
}

const IMAGES_PER_QUERY = 1000;

/** All ratings about these images. */
export async function listRatingsOf(db: Database, imageIds: readonly string[]): Promise<Rating[]> {
  const found: Rating[] = [];
  for (let i = 0; i < imageIds.length; i += IMAGES_PER_QUERY) {
    const ids = imageIds.slice(i, i + IMAGES_PER_QUERY);
    const rows = await db.selectFrom('ratings').selectAll().where('imageId', 'in', ids).execute();
    found.push(...rows.map(fromRow));
  }
  return found;
}

/** Takes an answer back; returns whether there was one. */
export function deleteRating(db: Database, imageId: string, raterId: string): Promise<boolean> {
  return inTransaction(db, async (tx) => {
    const result = await tx
      .deleteFrom('ratings')
      .where('imageId', '=', imageId)
      .where('raterId', '=', raterId)
      .executeTakeFirst();
    await recountQueueItems(tx, [imageId]);
    return result.numDeletedRows > 0n;
  });
}

/** What these raters said of these images. */
export async function listRated(
  db: Database,
  raterIds: readonly string[],
  imageIds: readonly string[],
): Promise<Omit<Rating, 'milliseconds' | 'guidelineVersion'>[]> {
  if (raterIds.length === 0 || imageIds.length === 0) return [];
  return (await selectRated(db, imageIds, raterIds)).map(fromRow);
}

const selectRated = prepareStatement((db, imageIds: readonly string[], raterIds: readonly string[]) =>
  db
    .selectFrom('ratings')
    .select(['imageId', 'raterId', 'answer', 'ratedAt', 'words', 'note', 'scales'])
    .where('imageId', 'in', imageIds)
    .where('raterId', 'in', raterIds),
);

/** Stores ratings for the queue, which keeps its own counts. */
export async function insertRatingsUncounted(db: Database, ratings: readonly NewRating[]): Promise<void> {
  await insertInChunks(db, ratings.map(toRow), ratingRows);
}

const ratingRows = (tx: Database, rows: Insertable<RatingTable>[]) => tx.insertInto('ratings').values(rows);

/** Takes a rating back for the queue, which keeps its own counts. */
export async function deleteRatingUncounted(db: Database, imageId: string, raterId: string): Promise<void> {
  await db.deleteFrom('ratings').where('imageId', '=', imageId).where('raterId', '=', raterId).execute();
}

/** Good and bad answers by image, of raters who are not excluded, for a purpose or for some images. */
export async function countVotes(
  db: Database,
  where: { purpose?: ImagePurpose; imageIds?: readonly string[] },
): Promise<Map<string, { good: number; bad: number }>> {
  let query = db
    .selectFrom('ratings')
    .innerJoin('raters', 'raters.id', 'ratings.raterId')
    .select((e) => ['ratings.imageId', 'answer', e.fn.countAll<number | string>().as('count')])
    .where('excluded', '=', 0)
    .where('answer', '!=', 'skip')
    .groupBy(['ratings.imageId', 'answer']);
  if (where.imageIds !== undefined) query = query.where('ratings.imageId', 'in', where.imageIds);
  if (where.purpose !== undefined)
    query = query
      .innerJoin('images', 'images.id', 'ratings.imageId')
      .where('images.purpose', '=', where.purpose) as typeof query;
  const votes = new Map<string, { good: number; bad: number }>();
  for (const { imageId, answer, count } of await query.execute()) {
    const of = votes.get(imageId) ?? { good: 0, bad: 0 };
    votes.set(imageId, of);
    if (answer !== 'skip') of[answer] = Number(count);
  }
  return votes;
}

/** All ratings, or those about images of one purpose or by one rater, ordered by image and rater. */
export async function listRatings(
  db: Database,
  where: { purpose?: ImagePurpose; raterId?: string } = {},
): Promise<Rating[]> {
  let query = db.selectFrom('ratings').selectAll('ratings').orderBy('imageId').orderBy('raterId');
  if (where.raterId) query = query.where('raterId', '=', where.raterId);
  if (where.purpose)
    query = query.innerJoin('images', 'images.id', 'ratings.imageId').where('purpose', '=', where.purpose);
  return (await query.execute()).map(fromRow);
}

/** An image that can be learned from: `label` is the share of good among its good and bad answers, in [0, 1]. */
export interface LabelledImage {
  imageId: string;
  hash: string;
  promptId: string;
  split: PromptSplit;
  good: number;
  bad: number;
  skipped: number;
  label: number;
  /** What an admin decided, which then is the label; such an image may have no answers. */
  decided?: Exclude<Answer, 'skip'>;
}

/** Raters who are not excluded and said good or bad about an image of a split or purpose, by identifier. */
export async function listAnsweringRaters(
  db: Database,
  where: { split: PromptSplit; purpose: ImagePurpose },
): Promise<string[]> {
  const rows = await selectAnswers(db, where)
    .where('raters.excluded', '=', 0)
    .where('answer', '!=', 'skip')
    .select('raterId')
    .distinct()
    .orderBy('raterId')
    .execute();
  return rows.map(({ raterId }) => raterId);
}

/**
 * Images with at least one good or bad answer by a rater who is not excluded, in a fixed order. What an admin decided stands
 * for the answers, and takes images out that were decided to be none to learn from; where answers of some raters alone are
 * asked for, decisions are none of theirs and count for nothing.
 */
export async function listLabelledImages(db: Database, where: WhichAnswers = {}): Promise<LabelledImage[]> {
  const query = selectAnswers(db, where)
    .where('raters.excluded', '=', 0)
    .select((e) => [
      'images.id as imageId',
      'images.hash as hash',
      'prompts.id as promptId',
      'prompts.split as split',
      'ratings.answer as answer',
      e.fn.countAll<number | string>().as('count'),
    ])
    .groupBy(['images.id', 'images.hash', 'prompts.id', 'prompts.split', 'ratings.answer'])
    .orderBy('images.id');
  const images = new Map<string, LabelledImage>();
  for (const { answer, count, ...image } of await query.execute()) {
    const labelled = images.get(image.imageId) ?? { ...image, good: 0, bad: 0, skipped: 0, label: 0 };
    labelled[COLUMN[answer]] = Number(count);
    images.set(image.imageId, labelled);
  }
  const answered = [...images.values()].filter(({ good, bad }) => good + bad > 0);
  for (const image of answered) image.label = image.good / (image.good + image.bad);
  return where.raters ? answered : applyDecisions(answered, images, await listDecided(db, where));
}

/** What was decided in place of what was answered. */
export function applyDecisions(
  answered: LabelledImage[],
  all: ReadonlyMap<string, LabelledImage>,
  decisions: readonly DecidedImage[],
): LabelledImage[] {
  if (decisions.length === 0) return answered;
  const images = new Map(answered.map((image) => [image.imageId, image]));
  for (const { answer, ...image } of decisions) {
    const { imageId } = image;
    if (answer === 'skip') images.delete(imageId);
    else {
      const found = all.get(imageId) ?? { ...image, good: 0, bad: 0, skipped: 0 };
      images.set(imageId, { ...found, decided: answer, label: answer === 'good' ? 1 : 0 });
    }
  }
  return [...images.values()].sort((a, b) => (a.imageId < b.imageId ? -1 : 1));
}

const COLUMN: Record<Answer, 'good' | 'bad' | 'skipped'> = { good: 'good', bad: 'bad', skip: 'skipped' };

/** How often each answer was given about images of a purpose. */
export async function countAnswers(db: Database, purpose: ImagePurpose): Promise<Record<Answer, number>> {
  const rows = await db
    .selectFrom('ratings')
    .innerJoin('images', 'images.id', 'ratings.imageId')
    .where('purpose', '=', purpose)
    .select((e) => ['answer', e.fn.countAll<number | string>().as('count')])
    .groupBy('answer')
    .execute();
  const counts: Record<Answer, number> = { good: 0, bad: 0, skip: 0 };
  for (const { answer, count } of rows) counts[answer] = Number(count);
  return counts;
}

/** The identity of a data set of labels, whatever the order of `images`. */
export function hashLabels(images: readonly LabelledImage[]): string {
  return hashJson(
    images.map(({ imageId, good, bad, decided }) => `${imageId} ${good} ${bad}${decided ? ` ${decided}` : ''}`).sort(),
  );
}
