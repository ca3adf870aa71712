// The tables of the rating queue as types: what is to be rated, who has it before them, and every answer ever given.
// What counts is in `ratings`; the queue keeps how it came to be.

import type { Generated } from 'kysely';
import type { Answer, ImagePurpose } from './schema.ts';

/** How the items of a queue are ordered. */
export type QueuePriority = 'order' | 'random' | 'uncertain reward' | 'disagreement';

/** One queue for each purpose that images were drawn for, such as `feedback`. */
export interface QueueTable {
  purpose: ImagePurpose;
  /** Raters wanted for each image. */
  wanted: number;
  priority: QueuePriority;
  /** The reward model whose scores order the queue, for `uncertain reward`. */
  rewardHash: string | null;
  /** Raised whenever the items are put in another order: cursors of an earlier epoch mean nothing. */
  epoch: number;
  refreshedAt: string;
}

/** One row for each image, with counts that each lease and answer keeps up to date. */
export interface QueueItemTable {
  imageId: string;
  purpose: ImagePurpose;
  promptId: string;
  /** The how-manieth image of the store it is: orders items of equal priority. */
  place: number;
  /** Lower comes first; `place` decides among equals. */
  priority: number;
  /** Ratings by raters who are not excluded. */
  answers: number;
  /** Open leases by which a new rating is expected. */
  leases: number;
  /** 1 for images that are gold or flagged: they are not handed out as new ones. */
  held: number;
  /** 1 where another rater is wanted: not held, and fewer answers and leases than the queue wants. */
  open: number;
  /** 1 where the item became open again, or more urgent, after raters' cursors may have passed it. */
  revived: number;
}

/** Where a rater is in a queue: whatever comes before it was taken or seen by them, but for revived items. */
export interface QueueCursorTable {
  raterId: string;
  purpose: ImagePurpose;
  epoch: number;
  priority: number;
  place: number;
}

/** Why a rater is shown an image: it lacks ratings, its answer is known, or the rater is asked again. */
export type LeaseReason = 'new' | 'gold' | 'repeat';

export type LeaseStatus = 'open' | 'answered' | 'released' | 'expired';

/** An image that a rater has, or had, before them. */
export interface LeaseTable {
  id: string;
  imageId: string;
  raterId: string;
  purpose: ImagePurpose;
  reason: LeaseReason;
  status: LeaseStatus;
  leasedAt: string;
  expiresAt: string;
  closedAt: string | null;
}

/** Every answer as it was given; one that was taken back stays, with the time of that. */
export interface AnswerTable {
  /** Made by the client, so that an answer sent twice is stored once. */
  clientId: string;
  leaseId: string;
  imageId: string;
  raterId: string;
  reason: LeaseReason;
  answer: Answer;
  milliseconds: number;
  guidelineVersion: number;
  answeredAt: string;
  undoneAt: string | null;
  /** JSON: words of the prompt that the picture does not show. */
  words: Generated<string>;
  note: Generated<string>;
  /** JSON: steps by scale. */
  scales: Generated<string>;
}

/** Which image of a sheet a rater called the best; null where they could not tell. */
export interface SheetChoiceTable {
  /** Made by the client, so that a choice sent twice is stored once. */
  id: string;
  raterId: string;
  promptId: string;
  bestImage: string | null;
  milliseconds: number;
  guidelineVersion: number;
  chosenAt: string;
}

/** One row for each image of such a sheet, as they stood there. */
export interface SheetImageTable {
  choiceId: string;
  imageId: string;
  place: number;
}

/** What a gold answer is for: among the work, with the guidelines as an example, or in the test before the work. */
export type GoldUse = 'mixed' | 'example' | 'test';

/** An image with its known answer. */
export interface GoldAnswerTable {
  imageId: string;
  answer: Answer;
  note: string;
  createdAt: string;
  /** Who knows: an account or rater. */
  createdBy: string | null;
  use: Generated<GoldUse>;
}

/** What an admin decided about an image, whatever raters said; `skip` leaves it out of what is learned. */
export interface DecisionTable {
  imageId: string;
  answer: Answer;
  note: string;
  decidedBy: string;
  decidedAt: string;
}

/** One answer in the test before the work; a rater who failed answers all again in the next round. */
export interface TestAnswerTable {
  raterId: string;
  round: number;
  imageId: string;
  answer: Answer;
  /** What was known of the image then. */
  known: Answer;
  answeredAt: string;
}

/** A round of the test that was answered to its end. */
export interface TestResultTable {
  raterId: string;
  round: number;
  passed: number;
  rightAnswers: number;
  questions: number;
  finishedAt: string;
}

export type FlagKind = 'broken' | 'unsafe' | 'other';

/** What became of a flag: `upheld` keeps the image out of the queue, `dismissed` gives it back. */
export type FlagResolution = 'upheld' | 'dismissed';

export interface FlagTable {
  id: string;
  imageId: string;
  raterId: string;
  kind: FlagKind;
  note: string;
  createdAt: string;
  resolvedAt: string | null;
  resolvedBy: string | null;
  resolution: FlagResolution | null;
}

/** Images that are rated together: a closed batch is handed out to nobody. */
export interface BatchTable {
  id: string;
  name: string;
  closed: number;
  createdAt: string;
}

export interface BatchImageTable {
  imageId: string;
  batchId: string;
}

/** What a rater is judged by: a figure of their answers, or an admin. */
export type NoticeRule = 'gold' | 'agreement' | 'seconds' | 'run' | 'test' | 'admin';

/** `warn`: the rater is told and goes on. `pause`: the rater is told and given nothing. `review`: only admins see it. */
export type NoticeAction = 'warn' | 'pause' | 'review';

/** Something to be said to a rater or about one, until it is closed: a warning by who read it, all else by an admin. */
export interface NoticeTable {
  id: string;
  raterId: string;
  rule: NoticeRule;
  action: NoticeAction;
  detail: string;
  createdAt: string;
  /** The admin; null where a rule said it. */
  createdBy: string | null;
  closedAt: string | null;
  closedBy: string | null;
}

/** Who runs a stage on a project whose database is PostgreSQL; the lock itself is an advisory lock of their session. */
export interface StageLockTable {
  name: string;
  /** JSON: `LockHolder`. */
  holder: string;
}

export interface QueueTables {
  queues: QueueTable;
  queueItems: QueueItemTable;
  queueCursors: QueueCursorTable;
  leases: LeaseTable;
  answers: AnswerTable;
  sheetChoices: SheetChoiceTable;
  sheetImages: SheetImageTable;
  goldAnswers: GoldAnswerTable;
  decisions: DecisionTable;
  batches: BatchTable;
  batchImages: BatchImageTable;
  testAnswers: TestAnswerTable;
  testResults: TestResultTable;
  flags: FlagTable;
  notices: NoticeTable;
  stageLocks: StageLockTable;
}
