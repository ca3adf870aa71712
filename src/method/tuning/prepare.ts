// What a run of tuning is decided by: the base model, the images with their weights, the pairs. Nothing is trained here.

import type { DiffusionModel } from '../../models/families/model.ts';
import { latentSizes } from '../../models/inference/latents.ts';
import { drawSettings, hashModelAside } from '../../models/inference/painter.ts';
import { openPipeline } from '../../models/pipeline.ts';
import { countFits, type FitCount, type PictureSides } from '../../pictures/fit.ts';
import { readPngSize } from '../../pictures/png-size.ts';
import type { Config } from '../../project/config/config.ts';
import { type Drawing, describeDifference, describeMix, listPools } from '../../project/images/pools.ts';
import { listPrompts } from '../../project/images/prompts.ts';
import { checkRecorded } from '../../project/learning/recorded-models.ts';
import { findLatestRewardModel, findRewardModel, readRewards } from '../../project/learning/rewards.ts';
import type { Project } from '../../project/project.ts';
import { CollimateError } from '../../util/errors.ts';
import { hashJson } from '../../util/hash.ts';
import { projectModel } from '../project-model.ts';
import { readConfidence } from '../reward/confidence.ts';
import { answersOf } from '../reward/held-out.ts';
import { readScorer } from '../reward/ready/read-scorer.ts';
import { readRewardReport } from '../reward/report.ts';
import { scoreImages } from '../reward/score-images.ts';
import type { Session } from '../session.ts';
import { checkSharing } from './averaging/sharing.ts';
import { listIgnored } from './ignored.ts';
import type { ModelImage } from './images.ts';
import type { Selection, TunePatch } from './methods/method.ts';
import { checkMethod, drawsPictures, methodOf } from './methods/methods.ts';
import { patchSettings, type TuneSettings, usesPairs } from './mixture.ts';
import type { Continued } from './more-steps.ts';
import { hashPairs, openPairs, type PairSource } from './pairs.ts';
import { blank, describePlacebo, type Placebo, readPlacebo } from './placebo.ts';
import type { TunePlan } from './plan.ts';
import { tunedModelDir } from './publish.ts';
import { type Candidate, describeKept, listCandidates } from './sources.ts';
import { checkTextEncoders } from './text-encoders.ts';
import { drawsSamples, type WatchHeads } from './watch.ts';

export interface TuneOptions {
  /** The tuned model is `models/<name>/`; default `tuned`. */
  readonly name?: string;
  /** Settings in place of the project's, such as `{ beta: 0 }`. */
  readonly settings?: TunePatch;
  /** In place of the project's. */
  readonly seed?: number;
  /** The reward model whose scores are the weights; default the one that was trained last. */
  readonly rewardHash?: string;
  /** `latest` (default), `checkpoint-<step>`, or `none` to start anew. */
  readonly resumeFrom?: string;
  /** What takes the place of the scores, for comparison: the same images and steps, and nothing to be learned from people. */
  readonly placebo?: Placebo;
  /** Goes on with the finished run of this name for so many steps, with its own settings, seed and reward. */
  readonly moreSteps?: number;
  /** `as they are`: images without a score are left out and counted, rather than scored; by default they are scored. */
  readonly scores?: 'as they are';
  /** Replace a finished model of this name that another run made. */
  readonly overwrite?: boolean;
}

/** Everything that a run is decided by. */
export interface Prepared {
  readonly name: string;
  /** Of the tuned model. */
  readonly folder: string;
  readonly settings: TuneSettings;
  readonly generate: Config['generate'];
  readonly seed: number;
  readonly pipeline: DiffusionModel;
  readonly baseModel: string;
  readonly baseHash: string;
  readonly rewardHash: string | null;
  /** The reward functions that watch; null where nobody is held out. */
  readonly heads: WatchHeads | null;
  readonly dataHash: string;
  readonly images: readonly ModelImage[];
  readonly unscored: number;
  /** Pairs of rows of the images, where the method learns from pairs. */
  readonly preferences: Selection['preferences'];
  /** How many pictures are of another size than the model's. */
  readonly fits: NonNullable<TunePlan['fits']>;
  /** What the method says of its choice of images. */
  readonly remarks: readonly string[];
  readonly pairs: PairSource;
  /** The run that this one goes on with. */
  readonly continues?: Continued;
}

/**
 * Chooses images, weights and pairs; images that the reward function has not seen yet are scored.
 *
 * @throws CollimateError MISSING_STAGE where images, scores or answers are missing, CONFIG, USAGE.
 */
export async function prepareRun(session: Session, options: TuneOptions): Promise<Prepared> {
  const { db, dir, config } = session.project;
  const { name = 'tuned', seed = config.seed } = options;
  const settings = patchSettings(config.tune, options.settings);
  checkMethod(settings);
  checkSharing(settings);
  const method = methodOf(settings);
  tellIgnored(settings, session.progress);
  const folder = tunedModelDir(dir, name);
  const pipeline = openPipeline(projectModel(session.project, (line) => session.progress.note(line)));
  checkTextEncoders(pipeline, settings, drawsPictures(settings));
  checkSchedule(pipeline, config.generate, settings, session.progress);
  const baseHash = await hashModelAside(pipeline.folder);
  await checkRecorded(session.project, pipeline.folder, baseHash);
  await tellPools(session, baseHash, drawSettings(config.generate, pipeline));
  const rewardHash = method.usesAnswers(settings) ? null : await findReward(db, options);
  const candidates = await listCandidates(db, baseHash, settings.images);
  const kept = await describeKept(db, baseHash, settings.images);
  if (kept) session.progress.note(kept);
  if (rewardHash !== null && options.scores === undefined) await scoreMissing(session, candidates, rewardHash);
  const read = rewardHash === null ? undefined : await readOtherwise(session, candidates, rewardHash, settings);
  const heads = await findHeads(session.project, rewardHash, settings);
  const whose = answersOf(heads ? { heldOut: heads } : {});
  const { placebo } = options;
  const plain = { db, candidates, rewardHash, settings, seed, reading: read, whose };
  const reading = placebo ? await readPlacebo(placebo, plain) : read;
  const {
    images: chosen,
    unscored,
    preferences,
    identity = [],
    remarks = [],
  } = await method.select({ ...plain, reading });
  const images = placebo ? blank(placebo, chosen) : chosen;
  const { picture } = latentSizes(pipeline);
  const data = usesPairs(settings) ? settings.pretrainData : 'none';
  const pairs = await openPairs({
    data,
    projectDir: dir,
    world: session.world,
    heldOut: new Set((await listPrompts(db)).flatMap(({ split, text }) => (split === 'seen' ? [] : [text]))),
    count: settings.pretrainPairs,
    seed,
    ...picture,
    fit: settings.fit,
  });
  const dataHash = hashJson([images.map(({ id, weight }) => [id, weight]), hashPairs(pairs), ...identity]);
  const { generate, model: baseModel } = config;
  return {
    name,
    folder,
    settings,
    generate,
    seed,
    pipeline,
    baseModel,
    baseHash,
    rewardHash,
    heads,
    dataHash,
    images,
    unscored,
    preferences,
    remarks: placebo ? [...remarks, describePlacebo(placebo)] : remarks,
    fits: {
      images: await fitImages(session.project, drawsPictures(settings) ? [] : images, picture),
      pairs: pairs.fits,
      size: picture,
    },
    pairs,
  };
}

/** Settings that were set and mean nothing to the run. */
function tellIgnored(settings: TuneSettings, progress: Session['progress']): void {
  const names = listIgnored(settings).map((key) => `tune.${key}`);
  if (names.length > 0) progress.note(`${settings.method} takes no notice of ${names.join(', ')} as set here`);
}

/** Samples are drawn with the command's settings, and the pictures that teach may have been drawn with others. */
async function tellPools({ project: { db }, progress }: Session, modelHash: string, settings: Drawing): Promise<void> {
  const pools = await listPools(db, 'feedback', modelHash);
  const notes = [describeMix(pools), pools.length === 1 && describeDifference(pools, settings)];
  for (const note of notes) if (note) progress.note(note);
}

/**
 * The steering reward, which where answers weigh the images is the latest, and the one that its held-out raters taught.
 *
 * @throws CollimateError CONFIG where the run is to be stopped by a reward that is not there, or that sees no samples.
 */
async function findHeads(
  project: Project,
  rewardHash: string | null,
  settings: TuneSettings,
): Promise<WatchHeads | null> {
  const report = await readRewardReport(project, rewardHash ?? undefined);
  const heads = report?.heldOut ? { proxyHash: report.rewardHash, ...report.heldOut } : null;
  if (settings.stopBy === 'none' || (heads && drawsSamples(settings))) return heads;
  throw new CollimateError(
    'CONFIG',
    heads
      ? 'tune.stopBy: held-out looks at samples, and none are drawn'
      : 'tune.stopBy: expected a held-out reward, and this reward function has none',
    heads
      ? 'Set tune.samplePrompts and tune.samplesEvery above 0.'
      : 'Run `collimate reward train --held-out-raters 0.2` first, or set tune.stopBy to none.',
  );
}

/** Another reading of the scores than the stored one, where the settings ask for it. */
async function readOtherwise(
  session: Session,
  candidates: readonly Candidate[],
  rewardHash: string,
  settings: TuneSettings,
): Promise<ReadonlyMap<string, number> | undefined> {
  const { weights, doubt } = settings;
  const isIgnored = methodOf(settings).ignores?.(settings).includes('weights');
  if (isIgnored || weights === 'reward' || weights === 'label') return undefined;
  if (weights === 'scorer') return readScorer(session, candidates);
  return readConfidence(session, weights, candidates, { rewardHash, doubt });
}

async function findReward(db: Project['db'], { rewardHash }: TuneOptions): Promise<string> {
  const found = rewardHash === undefined ? await findLatestRewardModel(db) : await findRewardModel(db, rewardHash);
  if (found?.heldOut)
    throw new CollimateError(
      'USAGE',
      `tune: ${found.hash.slice(0, 12)} was taught by held-out raters; it watches over tuning and never steers it`,
      'Name the reward function that `collimate reward train` printed, or none for the latest.',
    );
  if (found) return found.hash;
  throw rewardHash === undefined
    ? new CollimateError(
        'MISSING_STAGE',
        'tune: there is no reward function yet',
        'Run `collimate reward train` first, or use the answers themselves with --weights label.',
      )
    : new CollimateError('USAGE', `tune: no reward function of this project is ${rewardHash}`, 'Give its whole hash.');
}

async function scoreMissing(session: Session, candidates: readonly Candidate[], rewardHash: string): Promise<void> {
  const { db } = session.project;
  const known = await readRewards(db, rewardHash);
  if (candidates.every(({ id }) => known.has(id))) return;
  for (const modelHash of new Set(candidates.map((image) => image.modelHash)))
    await scoreImages(session, { rewardHash, filter: { purpose: 'feedback', modelHash, split: 'seen' } });
}

/** How many images are not of the model's size, by the heads of their files. */
async function fitImages(
  { images: blobs }: Project,
  images: readonly ModelImage[],
  picture: PictureSides,
): Promise<FitCount> {
  const sizes: PictureSides[] = [];
  for (const { hash } of images) sizes.push(readPngSize(await blobs.fetchBlob(hash)) ?? picture);
  return countFits(sizes, picture);
}

/** What training and its samples read of the scheduler's config, said before anything is computed. */
function checkSchedule(
  model: DiffusionModel,
  { sampler, steps }: Config['generate'],
  settings: TuneSettings,
  progress: Session['progress'],
): void {
  const process = model.process();
  methodOf(settings).checkProcess?.(settings, process);
  if (!drawsSamples(settings)) return;
  process.sampler(sampler, steps);
  for (const line of process.notes(sampler)) progress.note(line);
}
