// All that decides whether answers are stored, read at once.

import type { Database } from '../../../project/database/database.ts';
import type { Answer, GuidelineTable } from '../../../project/database/schema.ts';
import type { QueueTable } from '../../../project/database/schema-queue.ts';
import { readPromptsOf } from '../../../project/images/prompts.ts';
import { listPromptWords } from '../../../project/prompts/prompt-words.ts';
import { findAnswerers, findStandingAnswers } from '../../../project/rating/answers.ts';
import { type Lease, listLeases, listOpenLeasesOf } from '../../../project/rating/leases.ts';
import { lockItems, readRoom } from '../../../project/rating/queue-items.ts';
import { listRated } from '../../../project/rating/ratings.ts';
import type { Beside } from '../../../project/rating/scales.ts';
import { requireVersions } from '../guideline.ts';
import type { Given } from './decide-answer.ts';

/** An answer that a rater has given already. */
export interface Before extends Beside {
  readonly answer: Answer;
  readonly answeredAt: string;
}

/** What is known while answers are decided one after the other; each that is stored changes it. */
export interface AnswerFacts {
  /** Leases by identifier. */
  readonly leases: Map<string, Lease>;
  /** Who gave an answer, by its client's identifier. */
  readonly answerers: Map<string, string>;
  /** The answers that stand, by lease. */
  readonly standing: Map<string, Before>;
  /** Open leases, by `pairKey`. */
  readonly open: Map<string, Lease>;
  /** Ratings, by `pairKey`. */
  readonly rated: Map<string, Before>;
  /** How many more raters may have an image, of those that were answered too late. */
  readonly room: Map<string, number>;
  /** The versions of the guidelines by rising number, each with when it came. */
  readonly guidelines: readonly Pick<GuidelineTable, 'version' | 'createdAt'>[];
  /** The words of the prompt, by image; of those that answers name words of. */
  readonly words: ReadonlyMap<string, readonly string[]>;
}

export const pairKey = ({ imageId, raterId }: { imageId: string; raterId: string }) => `${imageId} ${raterId}`;

export async function readAnswerFacts(db: Database, queue: QueueTable, given: readonly Given[]): Promise<AnswerFacts> {
  const leases = await listLeases(db, unique(given.map(({ leaseId }) => leaseId)));
  const all = [...leases.values()];
  const closed = all.filter(({ status }) => status !== 'open');
  const imageIds = unique(all.map(({ imageId }) => imageId));
  const raterIds = unique(given.map(({ raterId }) => raterId));
  const again = await listOpenLeasesOf(db, raterIds, unique(closed.map(({ imageId }) => imageId)));
  const open = new Map(
    [...all.filter(({ status }) => status === 'open'), ...again].map((each) => [pairKey(each), each]),
  );
  const late = closed.filter((lease) => lease.reason === 'new' && !open.has(pairKey(lease)));
  // Locked all at once, in their order, so that no two transactions wait for each other.
  if (late.length > 0) await lockItems(db, imageIds);
  return {
    leases,
    answerers: await findAnswerers(db, unique(given.map(({ clientId }) => clientId))),
    standing: await findStandingAnswers(
      db,
      closed.map(({ id }) => id),
    ),
    open,
    rated: new Map(
      (await listRated(db, raterIds, imageIds)).map((rating) => [
        pairKey(rating),
        { ...rating, answeredAt: rating.ratedAt },
      ]),
    ),
    guidelines: await requireVersions(db),
    room: await readRoom(db, unique(late.map(({ imageId }) => imageId)), queue.wanted),
    words: await readWords(db, leases, given),
  };
}

/** Few answers name words, and only theirs are looked up. */
async function readWords(db: Database, leases: ReadonlyMap<string, Lease>, given: readonly Given[]) {
  const named = given.filter(({ words }) => words?.length).flatMap(({ leaseId }) => leases.get(leaseId)?.imageId ?? []);
  const prompts = await readPromptsOf(db, unique(named));
  return new Map([...prompts].map(([id, text]) => [id, listPromptWords(text)]));
}

const unique = (ids: readonly string[]) => [...new Set(ids)];
