// Whether one answer is stored, and in place of which. No database here: it is decided from what was read, and changes that.

import type { QueueTable } from '../../../project/database/schema-queue.ts';
import type { GivenAnswer } from '../../../project/rating/answers.ts';
import type { Lease } from '../../../project/rating/leases.ts';
import { adds } from '../../../project/rating/scales.ts';
import { type AnswerFacts, type Before, pairKey } from './answer-facts.ts';
import type { AnswerResult, NewAnswer } from './answer-items.ts';

/** An answer as it came, with who gave it, when it came, and which of the rater's answers it is that came then. */
export interface Given extends NewAnswer {
  readonly raterId: string;
  readonly arrivedAt: number;
  readonly place: number;
}

/** What is to be written of an answer. */
export interface Stored {
  readonly answer: Omit<GivenAnswer, 'undoneAt'>;
  /** Whether an open lease of a new image ends by it. */
  readonly endsLease: boolean;
  /** Whether it takes the place of an earlier answer of the rater. */
  readonly replaces: boolean;
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

const accepted = ({ clientId }: NewAnswer, status: 'stored' | 'changed' | 'duplicate'): AnswerResult => ({
  clientId,
  status,
  error: null,
});

/**
 * Of two answers of a rater about one image, as of two tabs or devices, the one that was given later counts, whichever comes
 * first; the same one twice is one.
 */
export function decideAnswer(facts: AnswerFacts, { purpose }: QueueTable, given: Given): Decision {
  const { clientId, raterId, leaseId } = given;
  const answerer = facts.answerers.get(clientId);
  if (answerer === raterId) return { result: accepted(given, 'duplicate') };
  if (answerer !== undefined)
    return rejected(given, 'CLIENT_ID', 'another answer has this client id', 'Make a new one for each answer.');
  const lease = facts.leases.get(leaseId);
  if (!lease || lease.raterId !== raterId || lease.purpose !== purpose)
    return rejected(given, 'NOT_FOUND', 'you were not given this image', 'Load the next images.');
  const guidelineVersion = versionOf(facts, given, lease);
  if (guidelineVersion === undefined)
    return rejected(
      given,
      'GUIDELINES',
      `this project has no version ${given.guidelineVersion} of its guidelines`,
      'Load the next images, and read the guidelines.',
    );
  const unknown = given.words?.find((word) => !facts.words.get(lease.imageId)?.includes(word));
  if (unknown !== undefined)
    return rejected(
      given,
      'WORDS',
      `the prompt of this image has no word “${unknown}” to choose`,
      'Choose among the words that come with the image.',
    );
  const open = facts.open.get(pairKey(lease));
  // A browser that takes an answer back and gives another may not know the lease that came of it yet.
  const standing = facts.standing.get(leaseId);
  const { id, imageId, reason } = standing ? lease : (open ?? lease);
  const before = standing ?? (reason === 'repeat' ? undefined : facts.rated.get(pairKey(lease)));
  const answeredAt = timeOf(given, lease);
  const isOpen = open !== undefined && !standing;
  // A lease that is open ends by any answer.
  const kept = before && !(isOpen && saysSame(given, before)) && keepBefore(given, before, answeredAt);
  if (kept) return kept;
  if (!before && !open && reason === 'new' && (facts.room.get(imageId) ?? 0) <= 0)
    return rejected(
      given,
      'EXPIRED',
      'this image was given to another rater, since it was not answered in time',
      'Load the next images.',
    );
  remember(facts, { ...given, answeredAt }, isOpen ? open : lease, { wasOpen: isOpen, replaces: before !== undefined });
  const { answer, milliseconds, words = [], note = '', scales = {} } = given;
  return {
    result: accepted(given, before ? 'changed' : 'stored'),
    store: {
      answer: {
        ...{ clientId, raterId, answer, milliseconds, answeredAt, guidelineVersion, words, note, scales },
        ...{ imageId, leaseId: id, reason },
      },
      endsLease: isOpen && reason === 'new',
      replaces: before !== undefined,
    },
  };
}

/** The decision that an earlier answer stands: it says the same, or was given later than the one that comes now. */
function keepBefore(given: Given, before: Before, answeredAt: string): Decision | undefined {
  if (saysSame(given, before)) return { result: accepted(given, 'duplicate') };
  if (answeredAt >= before.answeredAt) return undefined;
  return rejected(
    given,
    'OLDER',
    `you answered this image “${before.answer}” later, in another tab or on another device`,
    'That answer counts.',
  );
}

const saysSame = (given: Given, before: Before) => given.answer === before.answer && !adds(given, before);

/** When it was given: as long before it came as its sender says, and not before the image was handed out. */
function timeOf({ arrivedAt, place, age = 0 }: Given, { leasedAt }: Lease): string {
  const time = new Date(arrivedAt - Math.max(0, age) + place).toISOString();
  return time < leasedAt ? leasedAt : time;
}

/** The guidelines that the rater had: those that its sender names, else those that held when the image was handed out. */
function versionOf({ guidelines }: AnswerFacts, { guidelineVersion }: Given, { leasedAt }: Lease): number | undefined {
  if (guidelineVersion !== undefined) return guidelines.find(({ version }) => version === guidelineVersion)?.version;
  const held = guidelines.findLast(({ createdAt }) => createdAt <= leasedAt);
  return (held ?? guidelines[0])?.version;
}

/** What the answers after this one find. */
function remember(
  facts: AnswerFacts,
  { clientId, raterId, answer, answeredAt, words = [], note = '', scales = {} }: Given & { answeredAt: string },
  lease: Lease,
  { wasOpen, replaces }: { wasOpen: boolean; replaces: boolean },
): void {
  facts.answerers.set(clientId, raterId);
  const given: Before = { answer, answeredAt, words, note, scales };
  facts.standing.set(lease.id, given);
  facts.open.delete(pairKey(lease));
  if (lease.reason !== 'repeat') facts.rated.set(pairKey(lease), given);
  if (!wasOpen && !replaces) facts.room.set(lease.imageId, (facts.room.get(lease.imageId) ?? 0) - 1);
}
