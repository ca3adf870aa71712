// Judging a reward function by ratings: on the prompts it learned from, on those that stopped it, and on unseen ones.

import type { ClipEmbedder } from '../../models/inference/clip.ts';
import { listPrompts } from '../../project/images/prompts.ts';
import { listRewardExamples, updateRewardScores } from '../../project/learning/rewards.ts';
import { listMarkedImages } from '../../project/rating/marked-words.ts';
import { CollimateError } from '../../util/errors.ts';
import { random } from '../../util/random.ts';
import { howToRate, type Session } from '../session.ts';
import { scoreCandidates } from './confidence.ts';
import type { EditSummary } from './edits.ts';
import { answersOf, type Teachers } from './held-out.ts';
import { listRatedImages, type RatedImage } from './labels.ts';
import type { Look } from './look.ts';
import { measureRows, REWARD_THRESHOLD, type ScoredLabel } from './measure.ts';
import { measureCalibration } from './measure-calibration.ts';
import { measureWords } from './metrics/by-word.ts';
import { openRewardModel, type RewardModelHandle } from './model.ts';
import { openReadyScorer, type ScoredItem, startsFromScorer } from './ready/ready.ts';
import { type RewardReport, readRewardReport } from './report.ts';
import { embedPairs, openProjectClip } from './score-images.ts';
import { type EmbeddedPair, spreadOf } from './scorer.ts';
import type { TasteReport } from './taste/taste.ts';

/** What training leaves for the report. */
export interface TrainingRecord extends Teachers {
  readonly curves: readonly Look[];
  readonly bestStep: number;
  readonly seconds: number;
  /** What prompt classification had to work with; undefined where it was off, or told by an earlier version. */
  readonly edits?: EditSummary;
  /** What raters' own tastes are worth beside it; undefined where none were learned. */
  readonly taste?: TasteReport;
  /** Whose taste it has, where not everyone's. */
  readonly group?: string;
}

/**
 * Measures a reward model, by default the one trained last, against all ratings there are now, and stores the report
 * with it. Ratings of unseen prompts count whatever their images were drawn for.
 *
 * @throws CollimateError MISSING_STAGE where there is no reward model or no rating.
 */
export async function evaluateReward(session: Session, rewardHash?: string): Promise<RewardReport> {
  const { project } = session;
  const model = await openRewardModel(project, rewardHash);
  const clip = await openProjectClip(session);
  try {
    const before = await readRewardReport(project, model.hash);
    const {
      curves = [],
      bestStep = model.config.step,
      seconds = 0,
      raters,
      heldOut,
      edits,
      taste,
      group,
    } = before ?? {};
    const teachers: Teachers = { ...(raters && { raters }), ...(heldOut && { heldOut }) };
    const validation = await readValidationPrompts(session, model.hash, teachers);
    const told = { ...(edits && { edits }), ...(taste && { taste }), ...(group !== undefined && { group }) };
    const record = { curves, bestStep, seconds, ...teachers, ...told };
    const report = await measureReward(session, model, clip, validation, record);
    await updateRewardScores(project.db, model.hash, { ...report });
    return report;
  } finally {
    await clip.dispose();
    await model.dispose();
  }
}

/** Seen prompts by the part that their images had in training. */
async function readValidationPrompts(
  { project: { db, config } }: Session,
  hash: string,
  teachers: Teachers,
): Promise<Set<string>> {
  const parts = new Map((await listRewardExamples(db, hash)).map(({ imageId, part }) => [imageId, part]));
  const which = { split: 'seen', purpose: 'feedback', ...answersOf(teachers) } as const;
  const rated = await listRatedImages(db, which, config.reward.labels);
  const development = await listPrompts(db, { split: 'development' });
  const train = new Set(rated.filter(({ imageId }) => parts.get(imageId) === 'train').map(({ promptId }) => promptId));
  const untaught = rated.map(({ promptId }) => promptId).filter((id) => !train.has(id));
  return new Set([...untaught, ...development.map(({ id }) => id)]);
}

/** The report of a model; `validation` are the seen prompts that it did not learn from. */
export async function measureReward(
  session: Session,
  model: RewardModelHandle,
  clip: ClipEmbedder,
  validation: ReadonlySet<string>,
  record: TrainingRecord,
): Promise<RewardReport> {
  const { db, config } = session.project;
  const { labels } = config.reward;
  // Seen prompts count by the answers that may teach: those of validation set the temperatures that tuning may weigh by.
  const seen = await listRatedImages(db, { split: 'seen', purpose: 'feedback', ...answersOf(record) }, labels);
  const development = await listRatedImages(
    db,
    { split: 'development', purpose: 'feedback', ...answersOf(record) },
    labels,
  );
  const unseen = await listRatedImages(db, { split: 'unseen' }, labels);
  const rated = [...seen, ...development, ...unseen];
  if (rated.length === 0)
    throw new CollimateError('MISSING_STAGE', 'reward: no image is rated', howToRate(session.world !== null));
  const partOf = ({ split, promptId }: RatedImage) =>
    split === 'unseen' ? 'unseen' : validation.has(promptId) ? 'validation' : 'train';
  const pairs = await embedPairs(
    session,
    model,
    clip,
    rated.map(({ hash, prompt }) => ({ hash, text: prompt.text })),
  );
  const scores = await model.score(pairs);
  const ready = await askScorer(
    session,
    rated.map(({ hash, prompt }) => ({ hash, text: prompt.text })),
  );
  const images = rated.map(
    (image, i): ScoredLabel => ({
      part: partOf(image),
      category: image.prompt.category,
      promptId: image.promptId,
      label: image.majority,
      reward: scores[i]!,
      clip: cosine(pairs[i]!),
      ...(ready && { scorer: ready.scores[i]! }),
    }),
  );
  const { clipThreshold, rows } = measureRows(images);
  const named = new Map((await listMarkedImages(db)).map(({ imageId, words }) => [imageId, words]));
  const words = measureWords(
    images.flatMap(({ part, label, promptId, reward }, i) =>
      part === 'train' || label === 1
        ? []
        : [{ promptId, words: named.get(rated[i]!.imageId) ?? [], found: reward <= REWARD_THRESHOLD }],
    ),
    (word) => random(0, 'reward', 'word', word),
  );
  const asked = rated.map(({ imageId: id, hash, promptId }) => ({ id, hash, promptId }));
  const candidates = await scoreCandidates(session, model, clip, asked);
  const spreads = spreadOf(await model.scoreMembers(pairs));
  const calibration = measureCalibration(
    images.map(({ part, label }, i) => ({ part, label, scores: candidates[i]!, spread: spreads[i]! })),
    model.config.members,
  );
  return {
    version: 1,
    rewardHash: model.hash,
    config: model.config,
    ...record,
    clipThreshold: Number.isFinite(clipThreshold) ? clipThreshold : null,
    rows,
    ...(ready && { scorer: { name: ready.name, hash: ready.hash } }),
    ...(words && { words }),
    ...(calibration && { calibration }),
  };
}

/** What the project's scorer says; undefined where it names none, or where the reward function is made of it. */
async function askScorer(session: Session, items: readonly ScoredItem[]) {
  if (startsFromScorer(session.project.config.reward)) return undefined;
  const scorer = await openReadyScorer(session);
  if (!scorer) return undefined;
  try {
    return { name: scorer.name, hash: scorer.hash, scores: await scorer.score(items) };
  } finally {
    await scorer.dispose();
  }
}

/** `î · t̂`, the CLIP score, of embeddings of length 1. */
function cosine({ imageEmbedding, textEmbedding }: EmbeddedPair): number {
  return imageEmbedding.reduce((sum, value, i) => sum + value * textEmbedding[i]!, 0);
}
