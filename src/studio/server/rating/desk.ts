// What raters are given and what they answer: the queue behind the API. Answers that arrive together are stored together,
// by as many statements as one takes. On SQLite all writes share commits; PostgreSQL does that itself.

import { type Qualification, readQualification } from '../../../method/feedback/qualification.ts';
import {
  type Answered,
  type AnswerItems,
  answerTogether,
  type NewAnswer,
} from '../../../method/feedback/queue/answer-items.ts';
import { type RatingItem as LeasedItem, nextItems } from '../../../method/feedback/queue/next-items.ts';
import type { QueueContext } from '../../../method/feedback/queue/open-queue.ts';
import { noteOwnAnswers, readQueueProgress } from '../../../method/feedback/queue/progress.ts';
import { releaseItems } from '../../../method/feedback/queue/release-items.ts';
import { undoAnswer } from '../../../method/feedback/queue/undo-answer.ts';
import { hasRules } from '../../../method/feedback/rater-rules.ts';
import { watchRater } from '../../../method/feedback/watch-rater.ts';
import { type Database, isPostgres } from '../../../project/database/database.ts';
import { createGroupCommit } from '../../../project/database/group-commit.ts';
import { listPromptWords } from '../../../project/prompts/prompt-words.ts';
import { createBatcher } from '../../../util/batcher.ts';
import { CollimateError } from '../../../util/errors.ts';
import type { Output } from '../../contract/client.ts';
import type { RatingItem } from '../../contract/rating.ts';

export interface RatingDesk {
  next(raterId: string, wish: { count: number; mode: 'single' | 'sheet'; held: string[] }): Promise<RatingItem[]>;
  /** Looks at a rater's latest answers by the rules of the project, where it has any. */
  watch(raterId: string): Promise<void>;
  answer(raterId: string, answers: readonly NewAnswer[]): Promise<Answered>;
  undo(raterId: string, clientId?: string): Promise<{ undone: string | null; item: RatingItem | null }>;
  /** Gives leases back, all of the rater's where none are named. */
  release(raterId: string, leases?: readonly string[]): Promise<void>;
  progress(raterId: string): Promise<Output<'getRatingProgress'>>;
  /** Where a rater is in the test before the work. */
  qualification(raterId: string): Promise<Qualification>;
  /** Runs other writes of raters along with theirs. */
  write<T>(work: (context: QueueContext) => Promise<T>): Promise<T>;
}

/** @param readConfig the configuration as it is now, since people change it while others rate */
export function createRatingDesk(db: Database, readConfig: () => QueueContext['config']): RatingDesk {
  const group = createGroupCommit(db);
  const through =
    (share: typeof group.write) =>
    <T>(work: (context: QueueContext) => Promise<T>): Promise<T> => {
      const config = readConfig();
      return isPostgres(db) ? work({ db, config }) : share((tx) => work({ db: tx, config }));
    };
  const write = through(group.write);
  const writeSlowly = through(group.writeSlowly);
  const answer = createBatcher(
    (requests: readonly AnswerItems[]) => write((context) => answerTogether(context, requests)),
    MOST_TOGETHER,
    { at: MOST_WAITING, refuse: refuseBusy },
  );
  return {
    write,
    next: async (raterId, wish) =>
      (await writeSlowly((context) => nextItems(context, { raterId, ...wish }))).map(hideReason),
    async watch(raterId) {
      if (hasRules(readConfig().studio.rules)) await writeSlowly((context) => watchRater(context, raterId));
    },
    async answer(raterId, answers) {
      const answered = await answer({ raterId, answers });
      noteOwnAnswers(db, raterId, answered.results.filter(({ status }) => status === 'stored').length);
      return answered;
    },
    async undo(raterId, clientId) {
      const undone = await write((context) => undoAnswer(context, { raterId, ...(clientId && { clientId }) }));
      if (undone) noteOwnAnswers(db, raterId, -1);
      return { undone: undone?.answer.clientId ?? null, item: undone ? hideReason(undone.item) : null };
    },
    async release(raterId, leases) {
      await write((context) => releaseItems(context, { raterId, ...(leases && { leases }) }));
    },
    qualification: (raterId) => readQualification({ db, config: readConfig() }, raterId),
    progress: (raterId) => readQueueProgress({ db, config: readConfig() }, { raterId }),
  };
}

/** Requests whose answers are stored by one statement each. */
const MOST_TOGETHER = 64;
/** Requests that may wait: about a second's worth. Browsers keep answers, and send them together a little later. */
const MOST_WAITING = 300;

const refuseBusy = () =>
  new CollimateError('UNAVAILABLE', 'more answers come than can be stored at once', 'Send them again in a second.', {
    retryAfter: 1,
  });

/** Gold and repeats look like any other image. */
function hideReason({ id, imageId, hash, prompt, promptId, expiresAt }: LeasedItem): RatingItem {
  return { leaseId: id, imageId, hash, prompt, promptId, words: listPromptWords(prompt), expiresAt };
}
