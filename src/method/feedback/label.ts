// The second half of feedback: simulated raters answer for the stored images. Answers that are there stay.

import { decodePng } from '../../pictures/image.ts';
import type { Database } from '../../project/database/database.ts';
import type { Answer, ImageTable } from '../../project/database/schema.ts';
import { listImages } from '../../project/images/images.ts';
import { listPrompts, type Prompt } from '../../project/images/prompts.ts';
import { updateRunProgress, withRun } from '../../project/learning/runs.ts';
import { CATEGORIES } from '../../project/prompts/grammar.ts';
import { addGuideline, findLatestGuideline } from '../../project/rating/guidelines.ts';
import { listRaters, putRater } from '../../project/rating/raters.ts';
import { insertRatings, listRatings, type Rating } from '../../project/rating/ratings.ts';
import { CollimateError } from '../../util/errors.ts';
import { throwIfInterrupted } from '../../util/interrupt.ts';
import { answerFor, type Judge, type Answer as JudgeAnswer, openJudge } from '../../world/judge/judge.ts';
import { assignRaters, makeRaters, type SimulatedRater, simulateAnswer } from '../../world/raters/raters.ts';
import { GUIDELINE } from './guideline.ts';
import type { FeedbackSession } from './session.ts';

export interface CategoryAnswers {
  readonly category: string;
  readonly good: number;
  readonly bad: number;
  readonly skip: number;
  /** Share of good among good and bad, 0 to 1; 0 where there is neither. */
  readonly shareGood: number;
}

export interface LabelSummary {
  /** Images that the raters are to see. */
  readonly images: number;
  /** Answers that are stored about them, and how many of those this run added. */
  readonly ratings: number;
  readonly added: number;
  readonly categories: readonly CategoryAnswers[];
  readonly all: Omit<CategoryAnswers, 'category'>;
  readonly raters: readonly SimulatedRater[];
  readonly guidelineVersion: number;
}

export interface LabelOptions {
  /** Folder of the judge's weights; by default the judge of the package. */
  readonly judge?: string;
  /** Which images: those drawn for feedback, or those of an evaluation, which teach nobody. Default `feedback`. */
  readonly purpose?: 'feedback' | 'evaluation';
}

/** Images judged between two transactions. */
const BATCH = 256;

/**
 * Has simulated raters answer for every image of a purpose that fewer than `label.ratersPerImage` of them have seen.
 *
 * @throws CollimateError MISSING_STAGE where there are no images, CONFIG where these raters have answered with other rates.
 */
export async function simulateLabels(
  { project, progress, signal }: FeedbackSession,
  options: LabelOptions = {},
): Promise<LabelSummary> {
  const { config, db } = project;
  const { purpose = 'feedback' } = options;
  const images = await listImages(db, { purpose });
  if (images.length === 0)
    throw new CollimateError(
      'MISSING_STAGE',
      `label: there are no ${purpose} images to rate`,
      `Run \`collimate ${purpose === 'feedback' ? 'generate' : 'evaluate'}\` first.`,
    );
  const judge = await openJudge(options.judge);
  try {
    const raters = makeRaters(config);
    const identity = { seed: config.seed, label: config.label, judge: judge.hash, purpose };
    return await withRun(db, 'label', identity, async (run) => {
      await storeRaters(db, raters, judge.hash);
      const guidelineVersion = (await findLatestGuideline(db))?.version ?? (await addGuideline(db, GUIDELINE));
      const prompts = new Map((await listPrompts(db)).map((prompt) => [prompt.id, prompt]));
      const open = await listOpen(db, purpose, images, raters, config);
      progress.stage('label', images.length, images.length - open.length);
      let added = 0;
      for (let start = 0; start < open.length; start += BATCH) {
        throwIfInterrupted(signal);
        const batch = open.slice(start, start + BATCH);
        const truths = await judgeImages(judge, project.images.getBlob, batch, prompts);
        const ratings = batch.flatMap((task, i) => rate(task, truths[i]!, guidelineVersion));
        added += await insertRatings(db, ratings);
        progress.tick(images.length - open.length + start + batch.length);
      }
      const summary = await summarize(db, purpose, images, prompts, { added, raters, guidelineVersion });
      await updateRunProgress(db, run.id, { ...summary });
      progress.done({ good: summary.all.shareGood });
      return summary;
    });
  } finally {
    await judge.dispose();
  }
}

interface Task {
  readonly image: ImageTable;
  readonly raters: readonly SimulatedRater[];
}

/** What each image still lacks, by the raters that it is assigned to. */
async function listOpen(
  db: Database,
  purpose: string,
  images: readonly ImageTable[],
  raters: readonly SimulatedRater[],
  { seed, label }: FeedbackSession['project']['config'],
): Promise<Task[]> {
  const ids = new Set(raters.map(({ id }) => id));
  const answered = new Map<string, Set<string>>();
  for (const { imageId, raterId } of await listRatings(db, { purpose })) {
    if (!ids.has(raterId)) continue;
    answered.set(imageId, (answered.get(imageId) ?? new Set()).add(raterId));
  }
  return images.flatMap((image) => {
    const there = answered.get(image.id) ?? new Set();
    const wanted = label.ratersPerImage - there.size;
    if (wanted <= 0) return [];
    const free = assignRaters(raters, raters.length, seed, image.id).filter(({ id }) => !there.has(id));
    return [{ image, raters: free.slice(0, wanted) }];
  });
}

async function judgeImages(
  judge: Judge,
  read: (hash: string) => Uint8Array,
  tasks: readonly Task[],
  prompts: ReadonlyMap<string, Prompt>,
): Promise<JudgeAnswer[]> {
  const pictures = await Promise.all(tasks.map(({ image }) => decodePng(read(image.hash))));
  const verdicts = await judge.judge(pictures.map(({ rgb }) => rgb));
  return verdicts.map((verdict, i) => answerFor(prompts.get(tasks[i]!.image.promptId)!.slots, verdict));
}

function rate({ image, raters }: Task, truth: JudgeAnswer, guidelineVersion: number): Rating[] {
  const ratedAt = new Date().toISOString();
  return raters.map((rater) => ({
    imageId: image.id,
    raterId: rater.id,
    ratedAt,
    guidelineVersion,
    ...simulateAnswer(rater, image.id, truth),
  }));
}

/** A rater who has answered keeps their rates: their answers could not be told from others afterwards. */
async function storeRaters(db: Database, raters: readonly SimulatedRater[], judgeHash: string): Promise<void> {
  const known = new Map((await listRaters(db)).map((rater) => [rater.id, rater]));
  for (const { id, name, errorRate, skipRate, seed } of raters) {
    const settings = known.get(id)?.settings;
    if (settings === undefined) {
      await putRater(db, { id, name, kind: 'simulated', settings: { errorRate, skipRate, seed, judge: judgeHash } });
    } else if (settings.errorRate !== errorRate || settings.skipRate !== skipRate || settings.seed !== seed) {
      throw new CollimateError(
        'CONFIG',
        `label: ${name} has answered with error rate ${settings.errorRate}, skip rate ${settings.skipRate} and seed ` +
          `${settings.seed}; the configuration now gives ${errorRate}, ${skipRate} and ${seed}`,
        'Set label.errorRate, label.skipRate and seed back, or rate in a new project.',
      );
    }
  }
}

async function summarize(
  db: Database,
  purpose: string,
  images: readonly ImageTable[],
  prompts: ReadonlyMap<string, Prompt>,
  rest: Pick<LabelSummary, 'added' | 'raters' | 'guidelineVersion'>,
): Promise<LabelSummary> {
  const categoryOf = new Map(images.map(({ id, promptId }) => [id, prompts.get(promptId)!.category]));
  const ratings = await listRatings(db, { purpose });
  const count = (of: readonly Rating[]) => {
    const among = (wanted: Answer) => of.filter(({ answer }) => answer === wanted).length;
    const [good, bad, skip] = [among('good'), among('bad'), among('skip')];
    return { good, bad, skip, shareGood: good + bad === 0 ? 0 : good / (good + bad) };
  };
  const categories = CATEGORIES.map((category) => ({
    category,
    ...count(ratings.filter(({ imageId }) => categoryOf.get(imageId) === category)),
  })).filter(({ good, bad, skip }) => good + bad + skip > 0);
  return { images: images.length, ratings: ratings.length, ...rest, categories, all: count(ratings) };
}
