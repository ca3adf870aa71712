/**
 * Projects: their configuration, prompts and the grammar that makes them, and pair studies.
 *
 * @example
 * import { createProject, parsePrompt } from 'collimate/project';
 * const project = await createProject('dogs', { tune: { beta: 0.3 } });
 * console.log(project.config.tune.beta, parsePrompt('two green dogs').color); // 0.3 green
 * await project.close();
 */

// Prompts.
export {
  CATEGORIES,
  type Category,
  type Count,
  categoryOf,
  type Grammar,
  type Slots,
  type HeldOutRule,
  type SlotName,
  type Word,
} from './project/prompts/grammar.ts';
export { worldGrammar } from './project/prompts/world-grammar.ts';
export { formatPrompt, parsePrompt } from './project/prompts/prompt-text.ts';
export { enumeratePrompts } from './project/prompts/enumerate.ts';
export { heldOutTest, type KeptPrompts, type Pairings, type PromptPool } from './project/prompts/held-out.ts';
export { type PromptPools, splitPrompts, type SplitOptions } from './project/prompts/split.ts';
export { samplePrompts, type CategoryProportions } from './project/prompts/sample.ts';
export { editPrompts, type EditOptions } from './project/prompts/edits.ts';

// Projects, and the stages over them in order; each goes on where it was stopped.
export type { Config, ConfigPatch } from './project/config/config.ts';
export { createProject, openProject, type Project } from './project/project.ts';

// Pair studies: two images of one prompt, answered by people who do not know whose they are.
export {
  checkRegistration,
  closeStudy,
  createStudy,
  findStudy,
  listStudies,
  listStudyPairs,
  type NewStudy,
  type Study,
  type StudyContestant,
  type StudyPair,
} from './project/studies/studies.ts';
export { type BlindPair, type NextPairs, nextStudyPairs } from './project/studies/study-presentations.ts';
export {
  type NewStudyAnswer,
  recordStudyAnswers,
  retractStudyAnswers,
  type RecordedAnswers,
} from './project/studies/study-answers.ts';
export {
  listStudyVotes,
  readStudyProgress,
  type StudyProgress,
  type StudyVote,
} from './project/studies/study-votes.ts';

// Types that these signatures name.
export type { Environment } from './project/config/config-env.ts';
export type { ConfigFlag, ConfigInputs, ConfigSource, LoadedConfig } from './project/config/config-load.ts';
export type { MethodName } from './project/config/tune-methods.ts';
export type { Database, OpenOptions } from './project/database/database.ts';
export type { Lock, LockHolder } from './project/database/lock.ts';
export type { Answer, ImagePurpose, PairAnswer, PromptSplit, StudyQuestion } from './project/database/schema.ts';
export type { BlobStore } from './project/images/blobs.ts';
export type { ImageFilter } from './project/images/images.ts';
export type { Objects, StoredObject } from './project/objects/objects.ts';
export type { EditWay } from './project/prompts/prompt-edits.ts';
export type { GivenReasons, Reasons } from './project/rating/reasons.ts';
export type { Crew, Order } from './project/work/crew.ts';
export type { WorkItem, WorkKind, WorkTopic } from './project/work/kinds.ts';
