// The second half of feedback: simulated raters answer for the stored images. Answers that are there stay.

import { decodePng } from '../../pictures/image.ts';
import { readPngSize } from '../../pictures/png-size.ts';
import type { Database } from '../../project/database/database.ts';
import type { Answer, ImagePurpose, ImageTable } from '../../project/database/schema.ts';
import { listImages } from '../../project/images/images.ts';
import { listPrompts, type Prompt } from '../../project/images/prompts.ts';
import { type Run, updateRunProgress, withRun } from '../../project/learning/runs.ts';
import { orderCategories } from '../../project/prompts/categories.ts';
import { listRaters, putRater } from '../../project/rating/raters.ts';
import { insertRatings, listRatings, type NewRating, type Rating } from '../../project/rating/ratings.ts';
import { CollimateError } from '../../util/errors.ts';
import { throwIfInterrupted } from '../../util/interrupt.ts';
import { random } from '../../util/random.ts';
import { plural } from '../../util/text.ts';
import {
  fitsWorld,
  type Seen,
  type ShownImage,
  type SimulatedRater,
  type World,
  type WorldJudge,
} from '../../world/world.ts';
import type { Session } from '../session.ts';
import { requireWorld } from '../session.ts';
import { requireGuideline } from './guideline.ts';

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
  /** Images left out, since the world does not know what their prompts ask for. */
  readonly unknown: number;
  /** Images left out, since they are of another size than the world's. */
  readonly otherSize: number;
  readonly categories: readonly CategoryAnswers[];
  readonly all: Omit<CategoryAnswers, 'category'>;
  readonly raters: readonly SimulatedRater[];
  readonly guidelineVersion: number;
}

export interface LabelOptions {
  /** Folder of the judge's weights; by default the judge of the package. */
  readonly judge?: string;
  /** Which images: those drawn for feedback, or those of an evaluation, which teach nobody. Default `feedback`. */
  readonly purpose?: Extract<ImagePurpose, 'feedback' | 'evaluation'>;
}

/** Images judged between two transactions. */
const BATCH = 256;

/**
 * Has simulated raters answer for every image of a purpose that fewer than `label.ratersPerImage` of them have seen.
 *
 * @throws CollimateError MISSING_STAGE where there are no images, CONFIG where these raters have answered with other rates.
 */
export async function simulateLabels(session: Session, options: LabelOptions = {}): Promise<LabelSummary> {
  const { project, progress, signal } = session;
  const { config, db } = project;
  const { purpose = 'feedback' } = options;
  const world = requireWorld(session, 'label --simulate');
  const all = await listImages(db, { purpose });
  if (all.length === 0)
    throw new CollimateError(
      'MISSING_STAGE',
      `label: there are no ${purpose} images to rate`,
      `Run \`collimate ${purpose === 'feedback' ? 'generate' : 'evaluate'}\` first.`,
    );
  const prompts = new Map((await listPrompts(db)).map((prompt) => [prompt.id, prompt]));
  const asked = new Map([...prompts.values()].map((prompt) => [prompt.id, world.read(prompt)]));
  const known = all.filter(({ promptId }) => asked.get(promptId) !== undefined);
  const images: typeof known = [];
  for (const image of known)
    if (fitsWorld(world, readPngSize(await project.images.fetchBlob(image.hash)) ?? world.size)) images.push(image);
  const [unknown, otherSize] = [all.length - known.length, known.length - images.length];
  if (known.length === 0) throw nothingKnown(world, all.length);
  if (images.length === 0) throw nothingSeen(world, known.length);
  const { width, height } = world.size;
  const leave = (count: number, why: string) =>
    count > 0 && progress.note(`Left out ${count} of ${plural(all.length, 'image')}: ${why}.`);
  leave(unknown, `the ${world.name} world does not know their prompts`);
  leave(otherSize, `the judge of the ${world.name} world sees pictures of ${width}×${height} alone`);
  const judge = await world.openJudge({}, options.judge);
  try {
    const raters = world.makeRaters(config);
    const identity = { seed: config.seed, label: config.label, judge: judge.hash, purpose };
    await storeRaters(db, raters, judge.hash);
    const guidelineVersion = await requireGuideline(db);
    const open = await listOpen(db, purpose, images, raters, config);
    const conclude = (added: number) =>
      summarize(db, purpose, images, prompts, { added, unknown, otherSize, raters, guidelineVersion });
    const rateOpen = async (run: Run) => {
      progress.stage('label', images.length, images.length - open.length);
      let added = 0;
      for (let start = 0; start < open.length; start += BATCH) {
        throwIfInterrupted(signal);
        const batch = open.slice(start, start + BATCH);
        const seen = await look(judge, project.images.getBlob, batch);
        const ratings = batch.flatMap((task, i) => {
          const { id, promptId } = task.image;
          return rate(world, task, { id, asked: asked.get(promptId)!, seen: seen[i]! }, guidelineVersion);
        });
        added += await insertRatings(db, ratings);
        progress.tick(images.length - open.length + start + batch.length);
      }
      const summary = await conclude(added);
      await updateRunProgress(db, run.id, { ...summary });
      progress.done({ good: summary.all.shareGood });
      return summary;
    };
    return await withRun(project, 'label', identity, rateOpen, () => (open.length === 0 ? conclude(0) : undefined));
  } finally {
    await judge.dispose();
  }
}

/** Which raters see an image: `count` of them, by the image alone. */
export function assignRaters<T>(raters: readonly T[], count: number, seed: number, imageId: string): T[] {
  return random(seed, 'assign', imageId).shuffle(raters).slice(0, count);
}

interface Task {
  readonly image: ImageTable;
  readonly raters: readonly SimulatedRater[];
}

/** What each image still lacks, by the raters that it is assigned to. */
async function listOpen(
  db: Database,
  purpose: ImagePurpose,
  images: readonly ImageTable[],
  raters: readonly SimulatedRater[],
  { seed, label }: Session['project']['config'],
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

async function look(
  judge: WorldJudge,
  read: (hash: string) => Promise<Uint8Array>,
  tasks: readonly Task[],
): Promise<readonly Seen[]> {
  const pictures = await Promise.all(tasks.map(async ({ image }) => decodePng(await read(image.hash))));
  return judge.judge(pictures.map(({ rgb }) => rgb));
}

/** Whether simulated raters can answer for the first picture drawn for feedback whose prompt their world knows. */
export async function canSimulate({ project, world }: Session): Promise<boolean> {
  if (world === null) return false;
  const prompts = new Map((await listPrompts(project.db)).map((prompt) => [prompt.id, prompt]));
  const images = await listImages(project.db, { purpose: 'feedback' });
  const known = images.find(({ promptId }) => world.read(prompts.get(promptId)!) !== undefined);
  return known !== undefined && fitsWorld(world, readPngSize(await project.images.fetchBlob(known.hash)) ?? world.size);
}

function nothingSeen({ name, size }: World, images: number): CollimateError {
  return new CollimateError(
    'USAGE',
    `label --simulate: the judge of the ${name} world sees pictures of ${size.width}×${size.height} alone, and none of ${images} is of that size`,
    'Have people rate them with `collimate studio`, import answers, or draw in the size of the world (generate.width and height 0).',
  );
}

function nothingKnown({ name }: World, images: number): CollimateError {
  return new CollimateError(
    'USAGE',
    `label --simulate: the ${name} world knows none of the prompts of ${images} images`,
    'Have people rate them with `collimate studio`, or import answers.',
  );
}

function rate(world: World, { raters }: Task, image: ShownImage, guidelineVersion: number): NewRating[] {
  const ratedAt = new Date().toISOString();
  return raters.map((rater) => ({
    imageId: image.id,
    raterId: rater.id,
    ratedAt,
    guidelineVersion,
    ...world.rate(rater, image),
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
  purpose: ImagePurpose,
  images: readonly ImageTable[],
  prompts: ReadonlyMap<string, Prompt>,
  rest: Pick<LabelSummary, 'added' | 'unknown' | 'otherSize' | 'raters' | 'guidelineVersion'>,
): Promise<LabelSummary> {
  const categoryOf = new Map(images.map(({ id, promptId }) => [id, prompts.get(promptId)!.category]));
  const ratings = await listRatings(db, { purpose });
  const count = (of: readonly Rating[]) => {
    const among = (wanted: Answer) => of.filter(({ answer }) => answer === wanted).length;
    const [good, bad, skip] = [among('good'), among('bad'), among('skip')];
    return { good, bad, skip, shareGood: good + bad === 0 ? 0 : good / (good + bad) };
  };
  const names = orderCategories(categoryOf.values());
  const categories = names
    .map((category) => ({
      category,
      ...count(ratings.filter(({ imageId }) => categoryOf.get(imageId) === category)),
    }))
    .filter(({ good, bad, skip }) => good + bad + skip > 0);
  return { images: images.length, ratings: ratings.length, ...rest, categories, all: count(ratings) };
}
