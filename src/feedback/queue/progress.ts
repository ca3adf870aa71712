// How far the rating is: a rater's own answers, and the team's.

import type { Database } from '../../store/database.ts';
import { countOwnAnswers, countQueue } from '../../store/queue-progress.ts';
import { PURPOSE, type QueueContext } from './open-queue.ts';

export interface QueueProgress {
  own: { answered: number; today: number };
  /** `wanted` answers in all: images by raters for each. Images that are gold or flagged are left out. */
  team: { images: number; answers: number; wanted: number };
}

/** Counting a hundred thousand images takes longer than an answer does, so the team's figures are this old at most. */
const FRESH_MS = 3000;

const cache = new WeakMap<Database, Map<string, { at: number; team: QueueProgress['team'] }>>();

export async function readQueueProgress(
  { db, config }: QueueContext,
  { raterId, purpose = PURPOSE }: { raterId: string; purpose?: string },
): Promise<QueueProgress> {
  const known = cache.get(db) ?? new Map<string, { at: number; team: QueueProgress['team'] }>();
  cache.set(db, known);
  let entry = known.get(purpose);
  if (!entry || Date.now() - entry.at > FRESH_MS) {
    const { images, answers } = await countQueue(db, purpose, config.studio.ratersPerImage);
    entry = { at: Date.now(), team: { images, answers, wanted: images * config.studio.ratersPerImage } };
    known.set(purpose, entry);
  }
  return { own: await countOwnAnswers(db, raterId), team: entry.team };
}
