// The tables as types. Columns are portable between SQLite and PostgreSQL: text identifiers made by us, times as ISO
// 8601 text in UTC, flags as 0 or 1, JSON as text, vectors as bytes. Column names are snake_case in SQL.

import type { Generated } from 'kysely';
import type { QueueTables } from './schema-queue.ts';
import type { StudioTables } from './schema-studio.ts';

/** Version 1, 2, … of what raters are told. */
export interface GuidelineTable {
  version: number;
  text: string;
  createdAt: string;
}

/** Learned from; used to choose settings, and never learned from; or kept for evaluation alone. */
export type PromptSplit = 'seen' | 'development' | 'unseen';

export interface PromptTable {
  /** `promptId(text)`. */
  id: string;
  text: string;
  category: string;
  /** JSON: what fills the slots of the template, such as `{"count":2,"subject":"dog"}`. */
  slots: string;
  split: PromptSplit;
  /** Imported prompts are drawn whatever the configuration asks of the grammar. */
  origin: Generated<'grammar' | 'import'>;
  /** JSON: texts that change what the prompt asks for, where they came with it. */
  edits: string | null;
}

export interface ModelTable {
  /** SHA-256 of the weights (`sha256Folder` of a model directory, or of one weights file). */
  hash: string;
  kind: 'base' | 'checkpoint';
  path: string;
  parentHash: string | null;
  createdAt: string;
}

/** What images are drawn for: to be rated, to compare models, for GenEval, or to watch over a run of tuning. */
export const IMAGE_PURPOSES = ['feedback', 'evaluation', 'geneval', 'sample'] as const;
export type ImagePurpose = (typeof IMAGE_PURPOSES)[number];

export interface ImageTable {
  /** `imageId(recipe)`: known before the image is drawn. */
  id: string;
  /** The name of its file: `pixelHash`, or, where it was stored before there was one, SHA-256 of the PNG without its texts. */
  hash: string;
  /** Its identity, `hashPixels`; null until it is asked for, where `hash` is of the file. */
  pixelHash: string | null;
  promptId: string;
  seed: number;
  sampler: string;
  steps: number;
  guidanceScale: number;
  /** Empty for none. */
  negativePrompt: string;
  /** In pixels; both null for the model's own size. */
  width: number | null;
  height: number | null;
  /** Of the network that drew it, such as float32. */
  precision: string;
  /** In pixels; null where it was decoded whole. */
  vaeTile: number | null;
  modelHash: string;
  purpose: ImagePurpose;
  batch: string | null;
  createdAt: string;
}

/** What the file of an imported picture was called. */
export interface ImageNameTable {
  imageId: string;
  /** With slashes, as seen from the folder or archive that was imported. */
  name: string;
}

export interface RaterTable {
  id: string;
  name: string;
  kind: 'human' | 'simulated';
  settings: string;
  excluded: number;
  createdAt: string;
}

export type Answer = 'good' | 'bad' | 'skip';

export interface RatingTable {
  imageId: string;
  raterId: string;
  answer: Answer;
  ratedAt: string;
  milliseconds: number;
  guidelineVersion: number;
  /** JSON: words of the prompt that the picture does not show. */
  words: Generated<string>;
  note: Generated<string>;
  /** JSON: steps by scale. */
  scales: Generated<string>;
}

/** A choice between two images of a prompt that came from outside. */
export interface PreferenceTable {
  id: string;
  firstImage: string;
  secondImage: string;
  /** 1 where the first was preferred, 0 where the second was, ½ for a tie. */
  share: number;
  /** JSON: what the file said of it beside. */
  details: string;
  /** In its file. */
  position: number;
  createdAt: string;
}

/** One row for each image that a run of tuning learned from. */
export interface TuneExampleTable {
  runId: string;
  imageId: string;
  weight: number;
}

export interface RewardModelTable {
  /** SHA-256 of the weights file. */
  hash: string;
  runId: string | null;
  config: string;
  /** Identity of the ratings it was trained on: `hashLabels`. */
  dataHash: string;
  scores: string;
  createdAt: string;
  /** 1 for a head that watches over tuning and never steers it, else 0. */
  heldOut: number;
}

/** One row for each image that a reward model learned from or was stopped by. */
export interface RewardExampleTable {
  rewardHash: string;
  imageId: string;
  part: 'train' | 'validation';
}

export interface RewardTable {
  rewardHash: string;
  imageId: string;
  score: number;
  /** Standard deviation over the heads of an ensemble; null for a single head. */
  doubt: number | null;
}

export interface CheckpointTable {
  runId: string;
  step: number;
  modelHash: string;
  rewardHash: string | null;
  dataHash: string;
  config: string;
  metrics: string;
  createdAt: string;
}

/** What runs are of. */
export type RunStage =
  | 'generate'
  | 'label'
  | 'reward train'
  | 'reward train held-out'
  | 'tune'
  | 'evaluate'
  | 'measures'
  | 'geneval';

export type RunStatus = 'running' | 'done' | 'failed' | 'interrupted';

export interface RunTable {
  id: string;
  stage: RunStage;
  configHash: string;
  config: string;
  status: RunStatus;
  startedAt: string;
  finishedAt: string | null;
  progress: string;
  error: string | null;
  /** The whole configuration as JSON, the database left out; null in runs of earlier versions. */
  settings: string | null;
  /** When it was asked for last, whether or not there was anything left to do; null in runs of earlier versions. */
  askedAt: string | null;
}

export interface EvaluationTable {
  id: string;
  runId: string | null;
  name: string;
  modelHash: string;
  baselineHash: string | null;
  rewardHash: string | null;
  config: string;
  metrics: string;
  createdAt: string;
}

export interface EmbeddingTable {
  /** What was embedded: `hash` of an image, or SHA-256 of the UTF-8 text. */
  subjectHash: string;
  encoderHash: string;
  /** float32, little-endian. */
  vector: Uint8Array;
}

/** What is asked of a pair of images, each on its own. */
export type StudyQuestion = 'alignment' | 'fidelity';

export interface StudyTable {
  id: string;
  name: string;
  /** JSON: `StudyContestant[]`. */
  contestants: string;
  /** JSON: `StudyQuestion[]`. */
  questions: string;
  ratersPerPair: number;
  /** Of sides and orders. */
  seed: number;
  /** JSON: the analysis plan, and what the images were drawn with. */
  config: string;
  /** SHA-256 of prompts, pairs, questions and plan, made before the first answer. */
  registration: string;
  createdAt: string;
  closedAt: string | null;
}

export interface StudyPairTable {
  id: string;
  studyId: string;
  place: number;
  promptId: string;
  /** Names of contestants; raters never see them. */
  contestantA: string;
  contestantB: string;
  imageA: string;
  imageB: string;
}

export interface StudyPresentationTable {
  pairId: string;
  raterId: string;
  studyId: string;
  /** Whose image stood on the left. */
  leftIs: 'a' | 'b';
  /** The how-manieth pair of this rater it was, from 1. */
  position: number;
  shownAt: string;
  /** When the pair goes to another rater if it has not been answered. */
  expiresAt: string;
}

/** `bad`: neither picture will do. `skip`: the rater cannot tell; somebody else is asked. */
export type PairAnswer = 'left' | 'right' | 'tie' | 'bad' | 'skip';

export interface StudyAnswerTable {
  pairId: string;
  raterId: string;
  question: StudyQuestion;
  studyId: string;
  answer: PairAnswer;
  milliseconds: number;
  /** Made by the client, so that an answer sent twice counts once. */
  clientId: string;
  answeredAt: string;
  /** JSON: words of the prompt that the worse picture does not show. */
  words: Generated<string>;
  note: Generated<string>;
}

/** One row for each evaluation that looked at unseen prompts. */
export interface TestOpeningTable {
  /** Of its run or study. */
  id: string;
  stage: string;
  openedAt: string;
}

/** Who works for the project from any machine. Times are the database's. */
export interface WorkerTable {
  id: string;
  /** Machine and process. */
  name: string;
  host: string;
  pid: number;
  /** Kinds of work that it takes, with blanks between. */
  kinds: string;
  device: string;
  memoryMib: number;
  /** The topic whose files it has open; empty for none. */
  warm: string;
  state: 'ready' | 'working' | 'draining';
  /** What it has in hand; empty for nothing. */
  doing: string;
  done: number;
  /** Tries that failed. */
  failed: number;
  /** Items in a minute of work. */
  perMinute: number;
  startedAt: string;
  seenAt: string;
}

/** Every table by name. */
export interface Tables extends QueueTables, StudioTables {
  guidelines: GuidelineTable;
  prompts: PromptTable;
  models: ModelTable;
  images: ImageTable;
  imageNames: ImageNameTable;
  raters: RaterTable;
  ratings: RatingTable;
  preferences: PreferenceTable;
  tuneExamples: TuneExampleTable;
  rewardModels: RewardModelTable;
  rewardExamples: RewardExampleTable;
  rewards: RewardTable;
  checkpoints: CheckpointTable;
  runs: RunTable;
  evaluations: EvaluationTable;
  testOpenings: TestOpeningTable;
  embeddings: EmbeddingTable;
  studies: StudyTable;
  studyPairs: StudyPairTable;
  studyPresentations: StudyPresentationTable;
  studyAnswers: StudyAnswerTable;
  workers: WorkerTable;
}
