// Decisions: what an admin says of an image where raters disagree, somebody flagged, or a known answer is in doubt. They are
// rows of their own: answers stay as they were given.

import { type Database, inTransaction, now } from '../database/database.ts';
import type { Answer, ImagePurpose, PromptSplit } from '../database/schema.ts';
import type { DecisionTable } from '../database/schema-queue.ts';
import { recountQueueItems } from './queue-items.ts';

export type ImageDecision = DecisionTable;

/**
 * Stores a decision in place of an earlier one. Open flags on the image end with it: one that is to be left out stays out of
 * the queue, any other comes back. A known answer that says otherwise becomes the one decided; one of an image that is left
 * out is none any more.
 */
export function putDecision(db: Database, decision: Omit<ImageDecision, 'decidedAt'>): Promise<void> {
  const { imageId, answer, decidedBy } = decision;
  return inTransaction(db, async (tx) => {
    const row = { ...decision, decidedAt: now() };
    const { imageId: _, ...changes } = row;
    await tx
      .insertInto('decisions')
      .values(row)
      .onConflict((c) => c.column('imageId').doUpdateSet(changes))
      .execute();
    const resolution = answer === 'skip' ? ('upheld' as const) : ('dismissed' as const);
    await tx
      .updateTable('flags')
      .set({ resolution, resolvedAt: row.decidedAt, resolvedBy: decidedBy })
      .where('imageId', '=', imageId)
      .where('resolution', 'is', null)
      .execute();
    if (answer === 'skip') await tx.deleteFrom('goldAnswers').where('imageId', '=', imageId).execute();
    else await tx.updateTable('goldAnswers').set({ answer }).where('imageId', '=', imageId).execute();
    await recountQueueItems(tx, [imageId]);
  });
}

/** Takes a decision back; returns whether there was one. Flags that it closed stay closed. */
export async function deleteDecision(db: Database, imageId: string): Promise<boolean> {
  const { numDeletedRows } = await db.deleteFrom('decisions').where('imageId', '=', imageId).executeTakeFirst();
  return numDeletedRows > 0n;
}

export function findDecision(db: Database, imageId: string): Promise<ImageDecision | undefined> {
  return db.selectFrom('decisions').selectAll().where('imageId', '=', imageId).executeTakeFirst();
}

/** An image that was decided, with what labels need of it. */
export interface DecidedImage {
  readonly imageId: string;
  readonly hash: string;
  readonly promptId: string;
  readonly split: PromptSplit;
  readonly answer: Answer;
}

/** Decided images of a split or purpose. */
export function listDecided(
  db: Database,
  where: { split?: PromptSplit | undefined; purpose?: ImagePurpose | undefined } = {},
): Promise<DecidedImage[]> {
  return db
    .selectFrom('decisions')
    .innerJoin('images', 'images.id', 'decisions.imageId')
    .innerJoin('prompts', 'prompts.id', 'images.promptId')
    .select(['imageId', 'images.hash', 'promptId', 'split', 'answer'])
    .$if(where.split !== undefined, (query) => query.where('split', '=', where.split!))
    .$if(where.purpose !== undefined, (query) => query.where('purpose', '=', where.purpose!))
    .orderBy('imageId')
    .execute();
}
