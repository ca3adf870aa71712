// What a rater has said themselves: their last answers and their open flags, to look at and to take back.

import type { Database } from '../database/database.ts';
import type { Answer, ImagePurpose } from '../database/schema.ts';
import type { FlagKind } from '../database/schema-queue.ts';

export interface OwnAnswer {
  readonly clientId: string;
  readonly hash: string;
  readonly prompt: string;
  readonly answer: Answer;
  readonly answeredAt: string;
}

/** The last answers of a rater that stand, the latest first. */
export function listOwnAnswers(
  db: Database,
  raterId: string,
  { purpose, limit }: { purpose: ImagePurpose; limit: number },
): Promise<OwnAnswer[]> {
  return db
    .selectFrom('answers')
    .innerJoin('images', 'images.id', 'answers.imageId')
    .innerJoin('prompts', 'prompts.id', 'images.promptId')
    .select(['clientId', 'images.hash', 'prompts.text as prompt', 'answer', 'answeredAt'])
    .where('raterId', '=', raterId)
    .where('purpose', '=', purpose)
    .where('undoneAt', 'is', null)
    .orderBy('answeredAt', 'desc')
    .orderBy('clientId', 'desc')
    .limit(limit)
    .execute();
}

export interface OwnFlag {
  readonly id: string;
  readonly hash: string;
  readonly prompt: string;
  readonly kind: FlagKind;
  readonly note: string;
  readonly createdAt: string;
}

/** A rater's flags that nobody has resolved, the latest first. */
export function listOwnFlags(db: Database, raterId: string): Promise<OwnFlag[]> {
  return db
    .selectFrom('flags')
    .innerJoin('images', 'images.id', 'flags.imageId')
    .innerJoin('prompts', 'prompts.id', 'images.promptId')
    .select(['flags.id', 'images.hash', 'prompts.text as prompt', 'kind', 'note', 'flags.createdAt'])
    .where('raterId', '=', raterId)
    .where('resolution', 'is', null)
    .orderBy('flags.createdAt', 'desc')
    .execute();
}
