// Storing answers to leased images. An answer that is sent again is stored once; one that comes too late is stored as
// long as nobody else was given the image.

import { findAnswer, hasStandingAnswer, insertAnswer } from '../../store/answers.ts';
import { type Database, inTransaction, isPostgres } from '../../store/database.ts';
import { addGuideline, findLatestGuideline } from '../../store/guidelines.ts';
import { byImage, closeLease, findOpenLease, type Lease, listLeases } from '../../store/leases.ts';
import { changeQueueItems, type QueueItemChange } from '../../store/queue-items.ts';
import { findRating, insertRatingUncounted } from '../../store/ratings.ts';
import type { Answer } from '../../store/schema.ts';
import type { QueueTable } from '../../store/schema-queue.ts';
import { GUIDELINE } from '../guideline.ts';
import { openQueue, PURPOSE, type QueueContext, readDisagreement, takeRater } from './open-queue.ts';

export interface NewAnswer {
  /** Made by the client, once for each answer. */
  clientId: string;
  leaseId: string;
  answer: Answer;
  /** From shown to answered. */
  milliseconds: number;
}

export interface AnswerItems {
  raterId: string;
  answers: readonly NewAnswer[];
  /** The version of the guidelines that the rater had before them. By default the latest. */
  guidelineVersion?: number;
  /** Default `feedback`. */
  purpose?: string;
}

export interface AnswerResult {
  clientId: string;
  /** `duplicate`: this answer is stored already. */
  status: 'stored' | 'duplicate' | 'rejected';
  /** Why an answer was rejected; sending it again does not help. */
  error: { code: 'NOT_FOUND' | 'ANSWERED' | 'EXPIRED' | 'CLIENT_ID'; message: string; hint: string } | null;
}

/**
 * Stores a rater's answers in one transaction; one that is rejected does not keep the others from being stored.
 * `results` come in the order of `answers`.
 *
 * @throws CollimateError USAGE for a rater that is not stored.
 */
export function answerItems({ db, config }: QueueContext, request: AnswerItems): Promise<AnswerResult[]> {
  const { raterId, answers, purpose = PURPOSE } = request;
  return inTransaction(db, async (tx) => {
    const queue = await openQueue(tx, config, purpose);
    const { excluded } = await takeRater(tx, raterId);
    const guidelineVersion = request.guidelineVersion ?? (await latestGuideline(tx));
    const leases = await listLeases(
      tx,
      answers.map(({ leaseId }) => leaseId),
    );
    const time = Date.now();
    const results = new Map<number, AnswerResult>();
    const order = answers.map((answer, i) => ({ answer, i, imageId: leases.get(answer.leaseId)?.imageId ?? '' }));
    // By image, as everywhere, so that no two transactions wait for each other.
    for (const { answer, i } of order.sort(byImage)) {
      const answeredAt = new Date(time + i).toISOString();
      const lease = leases.get(answer.leaseId);
      results.set(
        i,
        await storeAnswer(tx, queue, { ...answer, raterId, excluded, answeredAt, guidelineVersion }, lease),
      );
    }
    return answers.map((_, i) => results.get(i)!);
  });
}

/** The number of the latest guidelines; a project without any gets those of the method. */
async function latestGuideline(db: Database): Promise<number> {
  return (await findLatestGuideline(db))?.version ?? addGuideline(db, GUIDELINE);
}

interface Given extends NewAnswer {
  raterId: string;
  excluded: boolean;
  answeredAt: string;
  guidelineVersion: number;
}

const rejected = (
  { clientId }: NewAnswer,
  code: NonNullable<AnswerResult['error']>['code'],
  message: string,
  hint: string,
): AnswerResult => ({ clientId, status: 'rejected', error: { code, message, hint } });

async function storeAnswer(
  db: Database,
  queue: QueueTable,
  given: Given,
  lease: Lease | undefined,
): Promise<AnswerResult> {
  const { clientId, raterId } = given;
  const known = await findAnswer(db, clientId);
  if (known?.raterId === raterId) return { clientId, status: 'duplicate', error: null };
  if (known)
    return rejected(given, 'CLIENT_ID', 'another answer has this client id', 'Make a new one for each answer.');
  if (!lease || lease.raterId !== raterId || lease.purpose !== queue.purpose)
    return rejected(given, 'NOT_FOUND', 'you were not given this image', 'Load the next images.');
  // A browser that takes an answer back and gives another may not know the lease that came of it yet.
  if (lease.status === 'answered' && (await hasStandingAnswer(db, lease.id)))
    return rejected(given, 'ANSWERED', 'you have answered this image already', 'Undo that answer to change it.');
  const open = lease.status === 'open' ? lease : await findOpenLease(db, raterId, lease.imageId);
  const { imageId } = lease;
  const { reason } = open ?? lease;
  if (reason !== 'repeat' && (await findRating(db, imageId, raterId)))
    return rejected(given, 'ANSWERED', 'you have answered this image already', 'Undo that answer to change it.');
  if (!open && reason === 'new' && !(await isOpen(db, imageId)))
    return rejected(
      given,
      'EXPIRED',
      'this image was given to another rater, since it was not answered in time',
      'Load the next images.',
    );
  await closeLease(db, (open ?? lease).id, 'answered');
  await record(db, queue, given, { imageId, leaseId: (open ?? lease).id, reason, wasOpen: open !== undefined });
  return { clientId, status: 'stored', error: null };
}

async function record(
  db: Database,
  queue: QueueTable,
  { clientId, raterId, answer, milliseconds, answeredAt, guidelineVersion, excluded }: Given,
  { imageId, leaseId, reason, wasOpen }: Pick<Lease, 'imageId' | 'reason'> & { leaseId: string; wasOpen: boolean },
): Promise<void> {
  const rest = { imageId, raterId, answer, milliseconds, guidelineVersion };
  await insertAnswer(db, { ...rest, clientId, leaseId, reason, answeredAt });
  if (reason === 'repeat') return;
  await insertRatingUncounted(db, { ...rest, ratedAt: answeredAt });
  const change: QueueItemChange = {
    answers: excluded ? 0 : 1,
    leases: reason === 'new' && wasOpen ? -1 : 0,
  };
  const priority = await readDisagreement(db, queue, imageId);
  if (priority !== undefined) Object.assign(change, { priority, revived: priority < 0 });
  await changeQueueItems(db, [imageId], queue.wanted, change);
}

async function isOpen(db: Database, imageId: string): Promise<boolean> {
  const item = await db
    .selectFrom('queueItems')
    .select('open')
    .where('imageId', '=', imageId)
    .$if(isPostgres(db), (query) => query.forNoKeyUpdate())
    .executeTakeFirst();
  return item?.open === 1;
}
