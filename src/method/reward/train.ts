// The stage: from ratings to a stored reward model with its report, and scores for all images; where raters are held out,
// first to the head that their answers teach.

import type { ClipEmbedder } from '../../models/inference/clip.ts';
import type { Config } from '../../project/config/config.ts';
import type { Database } from '../../project/database/database.ts';
import type { PromptSplit } from '../../project/database/schema.ts';
import { describeMix, listPools } from '../../project/images/pools.ts';
import { listPrompts } from '../../project/images/prompts.ts';
import { updateRewardScores } from '../../project/learning/rewards.ts';
import { listMarkedImages } from '../../project/rating/marked-words.ts';
import { listPairRaters } from '../../project/rating/preferences.ts';
import type { WhoseAnswers } from '../../project/rating/select-answers.ts';
import { CollimateError } from '../../util/errors.ts';
import { hashJson } from '../../util/hash.ts';
import { howToRate, type Session } from '../session.ts';
import type { Labels } from './dataset.ts';
import { createEditor, describeEdits, type EditPlan, planEdits } from './edits.ts';
import { chooseHeldOut, type HeldOut, type Teachers } from './held-out.ts';
import { chooseValidation, hashTargets, listCompared, listRatedImages, type RatedImage } from './labels.ts';
import { wordsByPrompt } from './marked-edits.ts';
import { openRewardModel } from './model.ts';
import { type RewardReport, readRewardReport } from './report.ts';
import { openProjectClip, scoreWith } from './score-images.ts';
import { learnTastes } from './taste/learn-tastes.ts';
import { type TrainedHead, trainHead } from './train-head.ts';

export interface RewardSummary {
  readonly rewardHash: string;
  /** Whether this reward function had been trained before. */
  readonly alreadyDone: boolean;
  readonly trainImages: number;
  readonly validationImages: number;
  readonly report: RewardReport;
  /** Images of the project that have a score of it. */
  readonly scoredImages: number;
  /** The head that held-out raters taught; null where all raters teach the reward function. */
  readonly heldOut: HeldOutSummary | null;
}

export interface HeldOutSummary extends HeldOut {
  readonly trainImages: number;
  readonly validationImages: number;
  readonly report: RewardReport;
}

/**
 * Trains the reward function on the ratings of seen prompts (Lee et al., 2023), stores it with its report, and scores all
 * images. Goes on where it was interrupted; the same ratings, config and CLIP are trained once. Held-out raters' answers
 * (`reward.heldOutRaters`) teach a second head instead, which never steers tuning.
 *
 * @throws CollimateError MISSING_STAGE where there are no ratings of both kinds, or too few raters to hold some out;
 * INTERRUPTED, NON_FINITE.
 */
export async function trainReward(session: Session): Promise<RewardSummary> {
  const mix = describeMix(await listPools(session.project.db, 'feedback'));
  if (mix) session.progress.note(mix);
  const raters = await chooseHeldOut(session.project);
  const own = await readTeaching(session, { withoutRaters: raters });
  const others = raters.length > 0 ? await readTeaching(session, { raters }) : undefined;
  for (const line of own.edits ? describeEdits(own.edits.summary) : []) session.progress.note(line);
  const clip = await openProjectClip(session);
  try {
    const heldOut = others && (await trainHeldOut(session, clip, others, raters));
    const teachers: Teachers = heldOut ? { heldOut: { raters, rewardHash: heldOut.rewardHash } } : {};
    const trained = await trainHead(session, clip, { stage: 'reward train', labels: own, teachers });
    if (trained.alreadyDone) await recordTeachers(session, trained.hash, teachers);
    const { validation, whose } = own;
    const hash = await learnTastes(session, clip, { rewardHash: trained.hash, validation, whose });
    return { ...(await summarize(session, { ...trained, hash }, own, clip)), heldOut: heldOut ?? null };
  } finally {
    await clip.dispose();
  }
}

async function trainHeldOut(
  session: Session,
  clip: ClipEmbedder,
  labels: Labels,
  raters: readonly string[],
): Promise<HeldOutSummary> {
  const { hash } = await trainHead(session, clip, { stage: 'reward train held-out', labels, teachers: { raters } });
  const report = (await readRewardReport(session.project, hash))!;
  return { raters, rewardHash: hash, ...countParts(labels), report };
}

/** What may teach a head, and the prompts that will tell when it has learned enough. */
export async function readTeaching(session: Session, asked: WhoseAnswers): Promise<Labels> {
  const { db, config } = session.project;
  const { labels: method, validationShare } = config.reward;
  const whose = await setPairsAside(session, asked);
  const read = (split: PromptSplit) => listRatedImages(db, { split, purpose: 'feedback', ...whose }, method);
  const [seen, development] = [await read('seen'), await read('development')];
  const good = countGood(seen);
  if (good === 0 || good === seen.length) throw oneSided(session, good, seen.length - good, whose);
  const all = [...seen, ...development];
  const prompts = seen.map(({ prompt }) => prompt);
  // Development prompts are there to choose by: with some of them rated, no seen one has to be kept from learning.
  const validation =
    development.length > 0
      ? new Set(development.map(({ promptId }) => promptId))
      : chooseValidation(prompts, validationShare, config.seed);
  const pairs = await listCompared(db, config.reward.pairs, all, validation, whose, config.reward.labels);
  const targets = hashTargets(all, method);
  const compared = pairs.map(({ first, second, prompt, share }) => [first, second, prompt.id, share]);
  return {
    all,
    validation,
    pairs,
    whose,
    dataHash: pairs.length > 0 ? hashJson([targets, compared]) : targets,
    edits: config.reward.lambda > 0 ? await readEdits(db, config, all, whose) : undefined,
  };
}

function countGood(images: readonly RatedImage[]): number {
  return images.filter(({ majority }) => majority === 1).length;
}

/**
 * Answers without those that an import made of pairs, where the pairs themselves teach. Where nobody else answered both good and bad,
 * a head would have no labels to say what good is: then they stay, which is said.
 */
async function setPairsAside(
  { project: { db, config }, progress }: Session,
  whose: WhoseAnswers,
): Promise<WhoseAnswers> {
  const pairRaters = config.reward.pairs === 'none' ? [] : await listPairRaters(db);
  if (pairRaters.length === 0) return whose;
  const without = { ...whose, withoutRaters: [...(whose.withoutRaters ?? []), ...pairRaters] };
  const seen = await listRatedImages(db, { split: 'seen', purpose: 'feedback', ...without }, config.reward.labels);
  const good = countGood(seen);
  if (good > 0 && good < seen.length) return without;
  progress.note('No answers but those made of imported pairs are both good and bad: they teach beside the pairs.');
  return whose;
}

async function readEdits(
  db: Database,
  config: Config,
  images: readonly RatedImage[],
  whose: WhoseAnswers,
): Promise<EditPlan> {
  const apart = (await listPrompts(db)).filter(({ split }) => split !== 'seen');
  const refused = new Set(apart.map(({ text }) => text));
  const marked = wordsByPrompt(await listMarkedImages(db, { split: 'seen', purpose: 'feedback', ...whose }));
  const edit = createEditor({ config, count: config.reward.negatives, refused, marked });
  return planEdits([...new Map(images.map(({ prompt }) => [prompt.id, prompt])).values()], edit, marked);
}

function oneSided(
  { world }: Session,
  good: number,
  bad: number,
  { raters, withoutRaters = [] }: WhoseAnswers,
): CollimateError {
  const by = raters ? ` by held-out raters (${raters.join(', ')})` : withoutRaters.length > 0 ? ' by the others' : '';
  return new CollimateError(
    'MISSING_STAGE',
    `reward: expected images rated good and images rated bad${by}, got ${good} good and ${bad} bad`,
    by === ''
      ? `More images, or more answers about them. ${howToRate(world !== null)}`
      : 'Have more images rated, or change reward.heldOutRaters; 0 holds nobody out.',
  );
}

/** Keeps with a reward function that was trained before who is held out now. */
async function recordTeachers({ project }: Session, hash: string, teachers: Teachers): Promise<void> {
  const { heldOut: _before, ...report } = (await readRewardReport(project, hash))!;
  await updateRewardScores(project.db, hash, { ...report, ...teachers });
}

export function countParts({ all, validation }: Labels): { trainImages: number; validationImages: number } {
  const validationImages = all.filter(({ promptId }) => validation.has(promptId)).length;
  return { trainImages: all.length - validationImages, validationImages };
}

async function summarize(
  session: Session,
  { hash: rewardHash, alreadyDone }: TrainedHead,
  labels: Labels,
  clip: ClipEmbedder,
): Promise<Omit<RewardSummary, 'heldOut'>> {
  const model = await openRewardModel(session.project, rewardHash);
  try {
    const { images: scoredImages } = await scoreWith(session, model, clip);
    const report = (await readRewardReport(session.project, rewardHash))!;
    return { rewardHash, alreadyDone, ...countParts(labels), report, scoredImages };
  } finally {
    await model.dispose();
  }
}
