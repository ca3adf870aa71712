// Gold answers: images whose answer is known. They are mixed in among what raters see, to tell how well each one does.

import type { Selectable } from 'kysely';
import { type Database, inTransaction, now } from '../database/database.ts';
import type { Answer } from '../database/schema.ts';
import type { GoldAnswerTable, GoldUse } from '../database/schema-queue.ts';
import { recountQueueItems } from './queue-items.ts';

export type GoldAnswer = Selectable<GoldAnswerTable>;

/** Makes an image gold, or gives it another known answer. @throws where there is no such image. */
export async function putGoldAnswer(
  db: Database,
  {
    imageId,
    answer,
    note = '',
    createdBy = null,
    use = 'mixed',
  }: Pick<GoldAnswer, 'imageId' | 'answer'> & Partial<GoldAnswer>,
): Promise<void> {
  await inTransaction(db, async (tx) => {
    await tx
      .insertInto('goldAnswers')
      .values({ imageId, answer, note, createdBy, use, createdAt: now() })
      .onConflict((c) => c.column('imageId').doUpdateSet({ answer, note, createdBy, use }))
      .execute();
    await recountQueueItems(tx, [imageId]);
  });
}

/** Makes a gold image one like any other; returns whether it was gold. What raters answered stays. */
export async function deleteGoldAnswer(db: Database, imageId: string): Promise<boolean> {
  return inTransaction(db, async (tx) => {
    const result = await tx.deleteFrom('goldAnswers').where('imageId', '=', imageId).executeTakeFirst();
    await recountQueueItems(tx, [imageId]);
    return result.numDeletedRows > 0n;
  });
}

/** A gold answer with its picture and prompt. */
export interface GoldView extends GoldAnswer {
  hash: string;
  prompt: string;
}

/** Gold answers with what they are about, the latest first. */
export function listGoldViews(db: Database, where: { use?: GoldUse } = {}): Promise<GoldView[]> {
  return db
    .selectFrom('goldAnswers')
    .innerJoin('images', 'images.id', 'goldAnswers.imageId')
    .innerJoin('prompts', 'prompts.id', 'images.promptId')
    .selectAll('goldAnswers')
    .select(['images.hash', 'prompts.text as prompt'])
    .$if(where.use !== undefined, (query) => query.where('use', '=', where.use!))
    .orderBy('goldAnswers.createdAt', 'desc')
    .orderBy('goldAnswers.imageId')
    .execute();
}

/** The known answer of an image, if it is gold. */
export function findGoldAnswer(db: Database, imageId: string): Promise<GoldAnswer | undefined> {
  return db.selectFrom('goldAnswers').selectAll().where('imageId', '=', imageId).executeTakeFirst();
}

/** A rater's answer about a gold image beside the known one. */
export interface GoldCheck {
  raterId: string;
  imageId: string;
  answer: Answer;
  gold: Answer;
}

/** What raters answered about gold images, by rater and image. */
export function listGoldChecks(db: Database, where: { raterId?: string } = {}): Promise<GoldCheck[]> {
  let query = db
    .selectFrom('goldAnswers')
    .innerJoin('ratings', 'ratings.imageId', 'goldAnswers.imageId')
    .select(['ratings.raterId', 'ratings.imageId', 'ratings.answer', 'goldAnswers.answer as gold'])
    .orderBy('ratings.raterId')
    .orderBy('ratings.imageId');
  if (where.raterId) query = query.where('ratings.raterId', '=', where.raterId);
  return query.execute();
}
