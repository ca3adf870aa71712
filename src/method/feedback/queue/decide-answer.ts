// Whether one answer is stored. No database here: it is decided from what was read, and changes that.

import type { AnswerTable, QueueTable } from '../../../project/database/schema-queue.ts';
import type { Lease } from '../../../project/rating/leases.ts';
import { type AnswerFacts, pairKey } from './answer-facts.ts';
import type { AnswerResult, NewAnswer } from './answer-items.ts';

/** An answer as it came, with who gave it and when. */
export interface Given extends NewAnswer {
  readonly raterId: string;
  readonly answeredAt: string;
  readonly guidelineVersion: number;
}

/** What is to be written of an answer. */
export interface Stored {
  readonly answer: Omit<AnswerTable, 'undoneAt'>;
  /** Whether an open lease of a new image ends by it. */
  readonly endsLease: boolean;
}

export interface Decision {
  readonly result: AnswerResult;
  readonly store?: Stored;
}

const rejected = (
  { clientId }: NewAnswer,
  code: NonNullable<AnswerResult['error']>['code'],
  message: string,
  hint: string,
): Decision => ({ result: { clientId, status: 'rejected', error: { code, message, hint } } });

const answeredAlready = (given: Given) =>
  rejected(given, 'ANSWERED', 'you have answered this image already', 'Undo that answer to change it.');

export function decideAnswer(facts: AnswerFacts, { purpose }: QueueTable, given: Given): Decision {
  const { clientId, raterId, leaseId } = given;
  const answerer = facts.answerers.get(clientId);
  if (answerer === raterId) return { result: { clientId, status: 'duplicate', error: null } };
  if (answerer !== undefined)
    return rejected(given, 'CLIENT_ID', 'another answer has this client id', 'Make a new one for each answer.');
  const lease = facts.leases.get(leaseId);
  if (!lease || lease.raterId !== raterId || lease.purpose !== purpose)
    return rejected(given, 'NOT_FOUND', 'you were not given this image', 'Load the next images.');
  // A browser that takes an answer back and gives another may not know the lease that came of it yet.
  if (facts.standing.has(leaseId)) return answeredAlready(given);
  const open = facts.open.get(pairKey(lease));
  const { id, imageId, reason } = open ?? lease;
  if (reason !== 'repeat' && facts.rated.has(pairKey(lease))) return answeredAlready(given);
  if (!open && reason === 'new' && (facts.room.get(imageId) ?? 0) <= 0)
    return rejected(
      given,
      'EXPIRED',
      'this image was given to another rater, since it was not answered in time',
      'Load the next images.',
    );
  remember(facts, given, open ?? lease, open !== undefined);
  return {
    result: { clientId, status: 'stored', error: null },
    store: {
      answer: { ...toRow(given), imageId, leaseId: id, reason },
      endsLease: open !== undefined && reason === 'new',
    },
  };
}

function toRow({ clientId, raterId, answer, milliseconds, answeredAt, guidelineVersion }: Given) {
  return { clientId, raterId, answer, milliseconds, answeredAt, guidelineVersion };
}

/** What the answers after this one find. */
function remember(facts: AnswerFacts, { clientId, raterId }: Given, lease: Lease, wasOpen: boolean): void {
  facts.answerers.set(clientId, raterId);
  facts.standing.add(lease.id);
  facts.open.delete(pairKey(lease));
  if (lease.reason !== 'repeat') facts.rated.add(pairKey(lease));
  if (!wasOpen) facts.room.set(lease.imageId, (facts.room.get(lease.imageId) ?? 0) - 1);
}
