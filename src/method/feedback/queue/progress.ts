// How far the rating is: a rater's own answers, and the team's.

import type { Database } from '../../../project/database/database.ts';
import type { ImagePurpose } from '../../../project/database/schema.ts';
import { countOwnAnswers, countQueue } from '../../../project/rating/queue-progress.ts';
import { createBatcher } from '../../../util/batcher.ts';
import { PURPOSE, type QueueContext } from './open-queue.ts';

export interface QueueProgress {
  own: { answered: number; today: number };
  /** `wanted` answers in all: images by raters for each; more about one image count no further. Images that are gold or flagged are left out. */
  team: { images: number; answers: number; wanted: number };
}

/** Counting a hundred thousand images takes longer than an answer does, so the team's figures are this old at most. */
const FRESH_MS = 5000;

interface Counted {
  readonly at: number;
  /** A promise, so that all who ask while it is being counted wait for one count. */
  readonly team: Promise<QueueProgress['team']>;
}

const cache = new WeakMap<Database, Map<string, Counted>>();
const counters = new WeakMap<Database, (raterId: string) => Promise<QueueProgress['own']>>();

interface OwnCount {
  readonly at: number;
  /** A promise, so that all who ask while it is being counted wait for one count. */
  readonly own: Promise<QueueProgress['own']>;
  counted: boolean;
}

const owns = new WeakMap<Database, Map<string, OwnCount>>();

export async function readQueueProgress(
  context: QueueContext,
  { raterId, purpose = PURPOSE }: { raterId: string; purpose?: ImagePurpose },
): Promise<QueueProgress> {
  const { db } = context;
  const known = cache.get(db) ?? new Map<string, Counted>();
  cache.set(db, known);
  let entry = known.get(purpose);
  if (!entry || Date.now() - entry.at > FRESH_MS) {
    entry = { at: Date.now(), team: readTeamProgress(context, purpose) };
    known.set(purpose, entry);
    entry.team.catch(() => known.delete(purpose));
  }
  return { own: await readOwn(db, raterId), team: await entry.team };
}

/** Counted anew now and then, since answers come from elsewhere as well; those of this process are added as they are stored. */
function readOwn(db: Database, raterId: string): Promise<QueueProgress['own']> {
  const known = owns.get(db) ?? new Map<string, OwnCount>();
  owns.set(db, known);
  const entry = known.get(raterId);
  if (entry && Date.now() - entry.at <= FRESH_MS) return entry.own;
  const fresh: OwnCount = { at: Date.now(), own: countOwn(db)(raterId), counted: false };
  known.set(raterId, fresh);
  fresh.own.then(
    () => {
      fresh.counted = true;
    },
    () => known.delete(raterId),
  );
  return fresh.own;
}

/** Tells how many answers of a rater were just stored; of those that were taken back, a negative number. */
export function noteOwnAnswers(db: Database, raterId: string, by: number): void {
  const known = owns.get(db);
  const entry = known?.get(raterId);
  if (!known || !entry || by === 0) return;
  // A count that is under way may hold them already.
  if (!entry.counted) return void known.delete(raterId);
  const own = entry.own.then(({ answered, today }) => ({ answered: answered + by, today: Math.max(0, today + by) }));
  known.set(raterId, { ...entry, own });
}

/** Raters who ask at one time are counted by one statement. */
function countOwn(db: Database): (raterId: string) => Promise<QueueProgress['own']> {
  const count = counters.get(db) ?? createBatcher((raterIds: readonly string[]) => countOwnAnswers(db, raterIds));
  counters.set(db, count);
  return count;
}

/** Answers that are wanted and those that count towards them: the one definition of how far the rating is. */
export async function readTeamProgress(
  { db, config }: QueueContext,
  purpose: ImagePurpose = PURPOSE,
): Promise<QueueProgress['team']> {
  const { ratersPerImage } = config.studio;
  const { images, answers } = await countQueue(db, purpose, ratersPerImage);
  return { images, answers, wanted: images * ratersPerImage };
}
