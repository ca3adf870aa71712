// Storing answers to leased images. An answer that is sent again is stored once; one that comes too late is stored as
// long as nobody else was given the image. Answers of many raters take as many statements as one: all that decides about
// them is read first, then each is decided in memory, then all are written.

import { type Database, inTransaction } from '../../../project/database/database.ts';
import type { Answer, ImagePurpose } from '../../../project/database/schema.ts';
import type { QueueTable } from '../../../project/database/schema-queue.ts';
import { insertAnswers, markAnswersReplaced } from '../../../project/rating/answers.ts';
import { closeLeases } from '../../../project/rating/leases.ts';
import { changeQueueItems, lockItems, type QueueItemChange } from '../../../project/rating/queue-items.ts';
import { insertRatingsUncounted, type Rating, replaceRatingsUncounted } from '../../../project/rating/ratings.ts';
import type { Scales } from '../../../project/rating/scales.ts';
import { pairKey, readAnswerFacts } from './answer-facts.ts';
import { decideAnswer, type Given, type Stored } from './decide-answer.ts';
import { openQueue, PURPOSE, type QueueContext, readDisagreement, takeRaters } from './open-queue.ts';

export interface NewAnswer {
  /** Made by the client, once for each answer. */
  clientId: string;
  leaseId: string;
  answer: Answer;
  /** From shown to answered. */
  milliseconds: number;
  /** How many milliseconds ago it was given: it may have waited for the network. Default 0. */
  age?: number | undefined;
  /** The version of the guidelines that the rater had read. By default the one that held when the image was handed out. */
  guidelineVersion?: number | undefined;
  /** Words of the prompt that the picture does not show. */
  words?: readonly string[] | undefined;
  note?: string | undefined;
  /** From 1 to 5; a step of alignment says what the answer is (`answerOfStep`). */
  scales?: Scales | undefined;
}

export interface AnswerItems {
  raterId: string;
  answers: readonly NewAnswer[];
  /** Default `feedback`. */
  purpose?: ImagePurpose;
}

export interface AnswerResult {
  clientId: string;
  /** `changed`: it took the place of the rater's earlier answer. `duplicate`: it, or the same one, is stored already. */
  status: 'stored' | 'changed' | 'duplicate' | 'rejected';
  /** Why an answer was rejected; sending it again does not help. */
  error: {
    code: 'NOT_FOUND' | 'OLDER' | 'EXPIRED' | 'CLIENT_ID' | 'GUIDELINES' | 'WORDS';
    message: string;
    hint: string;
  } | null;
}

/**
 * Stores a rater's answers in one transaction; one that is rejected does not keep the others from being stored.
 * Results come in the order of `answers`.
 *
 * @throws CollimateError USAGE for a rater that is not stored.
 */
export async function answerItems(context: QueueContext, request: AnswerItems): Promise<AnswerResult[]> {
  return (await answerTogether(context, [request], request.purpose))[0]!.results;
}

/** What became of the answers of one request, and the latest version of the guidelines. */
export interface Answered {
  readonly results: AnswerResult[];
  readonly guidelineVersion: number;
}

/**
 * Stores the answers of several requests of one queue, as if one request had come after the other, in one transaction.
 *
 * @throws CollimateError USAGE for a rater that is not stored; nothing of any request is then stored.
 */
export function answerTogether(
  { db, config }: QueueContext,
  requests: readonly Omit<AnswerItems, 'purpose'>[],
  purpose: ImagePurpose = PURPOSE,
): Promise<Answered[]> {
  return inTransaction(db, async (tx) => {
    const queue = await openQueue(tx, config, purpose);
    const raterIds = [...new Set(requests.map(({ raterId }) => raterId))];
    const raters = await takeRaters(tx, raterIds);
    const given = listGiven(requests);
    const facts = await readAnswerFacts(tx, queue, given);
    const stored: Stored[] = [];
    const results = given.map((answer) => {
      const { result, store } = decideAnswer(facts, queue, answer);
      if (store) stored.push(store);
      return result;
    });
    const guidelineVersion = facts.guidelines.at(-1)!.version;
    await write(tx, queue, stored, (raterId) => raters.get(raterId)!.excluded);
    return requests.map(({ answers }) => ({ results: results.splice(0, answers.length), guidelineVersion }));
  });
}

/** Each rater's answers are a millisecond apart, so that their order is kept. */
function listGiven(requests: readonly Omit<AnswerItems, 'purpose'>[]): Given[] {
  const arrivedAt = Date.now();
  const places = new Map<string, number>();
  return requests.flatMap(({ raterId, answers }) =>
    answers.map((answer) => {
      const place = places.get(raterId) ?? 0;
      places.set(raterId, place + 1);
      return { ...answer, raterId, arrivedAt, place };
    }),
  );
}

async function write(
  db: Database,
  queue: QueueTable,
  stored: readonly Stored[],
  isExcluded: (raterId: string) => boolean,
): Promise<void> {
  if (stored.length === 0) return;
  await closeLeases(
    db,
    stored.map(({ answer }) => answer.leaseId),
    'answered',
  );
  await insertAnswers(
    db,
    stored.map(({ answer }) => answer),
  );
  // Of several in one go the last one stands: they come in the order in which they were decided.
  for (const { answer, replaces } of stored) if (replaces) await markAnswersReplaced(db, answer);
  // A repeat never counts as another rater.
  const counted = stored.filter(({ answer }) => answer.reason !== 'repeat');
  await insertRatingsUncounted(db, counted.filter(({ replaces }) => !replaces).map(toRating));
  const changed = new Map(counted.filter(({ replaces }) => replaces).map((each) => [pairKey(each.answer), each]));
  await replaceRatingsUncounted(db, [...changed.values()].map(toRating));
  const changes = new Map<string, QueueItemChange>();
  for (const { answer, endsLease, replaces } of counted) {
    const { answers = 0, leases = 0 } = changes.get(answer.imageId) ?? {};
    changes.set(answer.imageId, {
      answers: answers + (replaces || isExcluded(answer.raterId) ? 0 : 1),
      leases: leases - (endsLease ? 1 : 0),
    });
  }
  const reordered = await readDisagreement(db, queue, [...changes.keys()]);
  for (const [id, change] of changes) changes.set(id, { ...change, ...reordered.get(id) });
  await changeEach(db, queue, changes);
}

function toRating({ answer: given }: Stored): Rating {
  const { imageId, raterId, answer, milliseconds, guidelineVersion, answeredAt, words, note, scales } = given;
  return { imageId, raterId, answer, milliseconds, guidelineVersion, ratedAt: answeredAt, words, note, scales };
}

/** One statement for all images that change alike; nearly all do. */
async function changeEach(db: Database, queue: QueueTable, changes: ReadonlyMap<string, QueueItemChange>) {
  const alike = new Map<string, string[]>();
  for (const [id, change] of changes) {
    const key = JSON.stringify(change);
    alike.set(key, [...(alike.get(key) ?? []), id]);
  }
  if (alike.size > 1) await lockItems(db, [...changes.keys()]);
  for (const [key, ids] of alike) await changeQueueItems(db, ids, queue.wanted, JSON.parse(key));
}
