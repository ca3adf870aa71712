// The tastes of a project's raters beside a shared head, and the reward function of a group: the shared head with the group's mean
// taste in one file, so that everything which uses a reward function can use it.

import type { ClipEmbedder } from '../../../models/inference/clip.ts';
import { listPrompts } from '../../../project/images/prompts.ts';
import {
  findRewardModel,
  listRewardExamples,
  putRewardModel,
  updateRewardScores,
} from '../../../project/learning/rewards.ts';
import { listRaters } from '../../../project/rating/raters.ts';
import { listLabelledImages, listRatings } from '../../../project/rating/ratings.ts';
import type { WhoseAnswers } from '../../../project/rating/select-answers.ts';
import { CollimateError } from '../../../util/errors.ts';
import { random } from '../../../util/random.ts';
import type { Session } from '../../session.ts';
import { measureReward } from '../evaluate.ts';
import { openRewardModel, openStoredReward, type RewardModelHandle, storeTasteModel } from '../model.ts';
import { readRewardReport } from '../report.ts';
import { embedPairs } from '../score-images.ts';
import { tasteFeatures } from './offset.ts';
import { fitTastes, meanTaste, type TasteAnswer, type Tastes } from './taste.ts';

const EVERYONE = 'everyone';

export interface TasteOptions {
  /** Of the shared head. */
  readonly rewardHash: string;
  readonly validation: ReadonlySet<string>;
  readonly whose: WhoseAnswers;
}

/**
 * Learns raters' tastes beside a trained head, keeps what they are worth in its report, and makes the reward function that
 * `reward.for` asks for; returns its hash, for everyone the head's own.
 *
 * @throws CollimateError CONFIG where nobody of the group has enough answers.
 */
export async function learnTastes(session: Session, clip: ClipEmbedder, options: TasteOptions): Promise<string> {
  const { project } = session;
  const { for: group, tasteAnswers: enough } = project.config.reward;
  checkAsked(group, enough);
  if (enough === 0) return options.rewardHash;
  const model = await openRewardModel(project, options.rewardHash);
  try {
    const answers = await readAnswers(session, model, clip, options.whose);
    const validates = (id: string) => options.validation.has(id);
    const tastes = fitTastes(answers, { enough, validates, rng: random(project.config.seed, 'reward', 'taste') });
    const report = (await readRewardReport(project, model.hash))!;
    await updateRewardScores(project.db, model.hash, { ...report, taste: tastes.report });
    if (group === EVERYONE) return model.hash;
    return await storeGroup({ session, model, clip, tastes, options });
  } finally {
    await model.dispose();
  }
}

function checkAsked(group: string, enough: number): void {
  if (group === EVERYONE || enough > 0) return;
  throw new CollimateError(
    'CONFIG',
    `reward.for: expected ${EVERYONE} where no rater's taste is learned (reward.tasteAnswers is 0), got ${group}`,
    'Set reward.tasteAnswers to the answers that a rater must have given, such as 30.',
  );
}

/** Good and bad answers about seen prompts by raters who count, with what the shared head says. */
async function readAnswers(
  session: Session,
  model: RewardModelHandle,
  clip: ClipEmbedder,
  whose: WhoseAnswers,
): Promise<TasteAnswer[]> {
  const { db } = session.project;
  const images = (
    await Promise.all(
      (['seen', 'development'] as const).map((split) =>
        listLabelledImages(db, { split, purpose: 'feedback', ...whose }),
      ),
    )
  ).flat();
  const texts = new Map((await listPrompts(db)).map(({ id, text }) => [id, text]));
  const items = images.map(({ hash, promptId }) => ({ hash, text: texts.get(promptId)! }));
  const pairs = await embedPairs(session, model, clip, items);
  const shared = await model.score(pairs);
  const place = new Map(images.map(({ imageId }, i) => [imageId, i]));
  const excluded = new Set((await listRaters(db)).filter((rater) => rater.excluded).map(({ id }) => id));
  const { raters, withoutRaters = [] } = whose;
  const counts = (id: string) => !excluded.has(id) && !withoutRaters.includes(id) && (raters?.includes(id) ?? true);
  return (await listRatings(db, { purpose: 'feedback' })).flatMap(({ imageId, raterId, answer }) => {
    const i = place.get(imageId);
    if (i === undefined || answer === 'skip' || !counts(raterId)) return [];
    const { imageEmbedding, textEmbedding } = pairs[i]!;
    const features = tasteFeatures(imageEmbedding, textEmbedding);
    return [{ raterId, promptId: images[i]!.promptId, label: answer === 'good' ? 1 : 0, shared: shared[i]!, features }];
  });
}

interface GroupWork {
  readonly session: Session;
  readonly model: RewardModelHandle;
  readonly clip: ClipEmbedder;
  readonly tastes: Tastes;
  readonly options: TasteOptions;
}

async function storeGroup({ session, model, clip, tastes, options }: GroupWork): Promise<string> {
  const { project } = session;
  const group = project.config.reward.for;
  const members = (await findMembers(session, group)).flatMap((id) => tastes.weights.get(id) ?? []);
  if (members.length === 0)
    throw new CollimateError(
      'CONFIG',
      `reward.for: expected raters with at least ${project.config.reward.tasteAnswers} answers that teach, got none in ${group}`,
      `Name raters as \`collimate raters\` lists them, with commas between; ${tastes.report.raters} of them have enough answers.`,
    );
  const hash = await storeTasteModel(project, model, meanTaste(members));
  const before = (await findRewardModel(project.db, model.hash))!;
  const own = await openStoredReward(project, hash);
  try {
    const { curves, bestStep, seconds, raters, heldOut, edits, taste } = (await readRewardReport(project, model.hash))!;
    const teachers = { ...(raters && { raters }), ...(heldOut && { heldOut }) };
    const record = { curves, bestStep, seconds, ...teachers, ...(edits && { edits }), ...(taste && { taste }), group };
    const report = await measureReward(session, own, clip, options.validation, record);
    const examples = await listRewardExamples(project.db, model.hash);
    await putRewardModel(project.db, { ...before, hash, scores: { ...report } }, examples);
  } finally {
    await own.dispose();
  }
  session.progress.note(
    `The reward function is what ${group} likes: the taste of ${members.length} of them beside the shared head.`,
  );
  return hash;
}

/** Identifiers of the raters whom a list names, by name or identifier. */
async function findMembers({ project }: Session, group: string): Promise<string[]> {
  const asked = group.split(',').map((name) => name.trim());
  const known = await listRaters(project.db);
  const strangers = asked.filter((one) => !known.some(({ id, name }) => id === one || name === one));
  if (strangers.length > 0)
    throw new CollimateError(
      'CONFIG',
      `reward.for: expected raters of this project, got ${strangers.join(', ')}`,
      '`collimate raters` lists them.',
    );
  return known.filter(({ id, name }) => asked.includes(id) || asked.includes(name)).map(({ id }) => id);
}
