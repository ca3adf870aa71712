// The stage: automatic measures of the images of each model, on the prompts and seeds of the evaluation.

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type EvaluatedModel, findModels } from '../../method/models.ts';
import { embedImages, embedTexts } from '../../method/reward/embeddings.ts';
import { openRewardModel } from '../../method/reward/model.ts';
import { readRewardReport } from '../../method/reward/report.ts';
import { openProjectClip } from '../../method/reward/score-images.ts';
import { meanOf, spreadOf } from '../../method/reward/scorer.ts';
import type { Session } from '../../method/session.ts';
import type { ClipEmbedder } from '../../models/inference/clip.ts';
import { chooseEngine, type EngineOptions } from '../../models/inference/device.ts';
import { decodePng, type Picture } from '../../pictures/image.ts';
import type { PromptSplit } from '../../project/database/schema.ts';
import { listPrompts, type Prompt } from '../../project/images/prompts.ts';
import { findLatestRewardModel } from '../../project/learning/rewards.ts';
import { type Run, withRun } from '../../project/learning/runs.ts';
import { recordOpening } from '../../project/learning/test-openings.ts';
import { mean } from '../../statistics/bootstrap.ts';
import { cosine, cosineDiversity } from '../../util/cosine.ts';
import { writeFileAtomic } from '../../util/files.ts';
import { throwIfInterrupted } from '../../util/interrupt.ts';
import { fitsWorld, type Seen, type WorldJudge } from '../../world/world.ts';
import { groupByPrompt } from '../evaluation/contestants.ts';
import { drawEvaluationImages } from '../evaluation/draw.ts';
import type { DrawnImage } from '../evaluation/measure.ts';
import { planPrompts } from '../evaluation/plan.ts';
import { type DistanceReport, measureDistance } from './distance.ts';
import { type FeatureNetwork, openFeatureNetwork } from './features.ts';
import { measureMeans, measureSplits, type PromptValues } from './figures.ts';
import { type ReferencePictures, readReference, renderReference } from './reference.ts';
import type { Measured, MeasuresReport, ModelMeasures, PartRight } from './report.ts';
import { readMeasuresFile } from './report-schema.ts';

export interface MeasureOptions {
  /** Which prompts; see `choosePrompts`. */
  readonly splits?: readonly PromptSplit[] | undefined;
  /** The base comes first whether it is named or not. Default `tuned`. */
  readonly models?: readonly string[];
  /** Folder of pictures to compare with; by default renders in the embedded world, and none elsewhere. */
  readonly reference?: string;
  /** Config of a network whose features give a further Fréchet distance. */
  readonly features?: string;
  readonly judge?: string;
}

export interface MeasureResult {
  readonly report: MeasuresReport;
  readonly path: string;
  readonly alreadyDone: boolean;
}

/** Pictures in the reference for each of a model, so that the estimate's bias comes from the model's; at least and at most. */
const REFERENCE_RATIO = 5;
const [LEAST_RENDERS, MOST_RENDERS] = [256, 2048];

/**
 * CLIP score, reward, diversity, parts of the prompt that are right, and distances to a reference, each with an interval.
 * Images that are stored are not drawn again; the same measures are not made twice.
 *
 * @throws CollimateError MISSING_STAGE, USAGE, CONFIG, INTERRUPTED
 */
export async function measureModels(session: Session, options: MeasureOptions = {}): Promise<MeasureResult> {
  const { project, progress } = session;
  const { config, db } = project;
  const models = await findModels(project, options.models ?? ['tuned']);
  const prompts = planPrompts(await listPrompts(db), {
    perCategory: config.evaluate.promptsPerCategory,
    seed: config.seed,
    splits: options.splits,
  });
  const engine = await chooseEngine(config, progress.note);
  const { imagesPerPrompt } = config.evaluate;
  // A folder that cannot be read is told before hours of drawing.
  const folder = options.reference === undefined ? null : await readReference(options.reference, progress.note);
  const drawn: DrawnImage[][] = [];
  for (const model of models)
    drawn.push(await drawEvaluationImages({ model, prompts, perPrompt: imagesPerPrompt }, { ...session, engine }));
  const first = await decodePng(await project.images.getBlob(drawn[0]![0]!.hash));
  const world = session.world && fitsWorld(session.world, first) ? session.world : null;
  const wanted = Math.min(MOST_RENDERS, Math.max(LEAST_RENDERS, REFERENCE_RATIO * drawn[0]!.length));
  const isKnown = world !== null && prompts.every((prompt) => world.read(prompt) !== undefined);
  const renders = Math.max(2, Math.ceil(wanted / prompts.length));
  const reference = folder ?? (isKnown ? renderReference(world, prompts, renders, config.seed) : null);
  if (reference === null) progress.note('No --reference is given: distances to other pictures are left out.');
  const rewardHash = (await findLatestRewardModel(db))?.hash ?? null;
  const heldOutHash = rewardHash && ((await readRewardReport(project, rewardHash))?.heldOut?.rewardHash ?? null);
  const clip = await openProjectClip(session);
  const judge = world ? await world.openJudge(engine, options.judge) : null;
  const network = options.features === undefined ? null : await openFeatureNetwork(resolve(options.features), engine);
  const identity = {
    models: models.map(({ name, hash }) => ({ name, hash })),
    prompts: prompts.map(({ id }) => id),
    imagesPerPrompt,
    generate: config.generate,
    samples: config.evaluate.bootstrapSamples,
    seed: config.seed,
    encoder: clip.encoderHash,
    rewardHash,
    ...(heldOutHash && { heldOutHash }),
    judge: judge?.hash ?? null,
    reference: reference?.hash ?? null,
    features: network?.hash ?? null,
  };
  try {
    const pathOf = ({ id }: Run) => join(project.runsDir, id, 'measures.json');
    const measure = async (run: Run) => {
      const path = pathOf(run);
      const work = {
        ...session,
        world,
        engine,
        models,
        prompts,
        drawn,
        reference,
        rewardHash,
        heldOutHash,
        clip,
        judge,
        network,
      };
      const report = await makeReport(work);
      writeFileAtomic(path, `${JSON.stringify(report)}\n`);
      if (prompts.some(({ split }) => split === 'unseen')) await recordOpening(db, run.id, 'measures');
      return { report, path, alreadyDone: false };
    };
    return await withRun(project, 'measures', identity, measure, (run) =>
      existsSync(pathOf(run))
        ? { report: readMeasuresFile(pathOf(run)), path: pathOf(run), alreadyDone: true }
        : undefined,
    );
  } finally {
    await Promise.all([clip.dispose(), judge?.dispose(), network?.dispose()]);
  }
}

interface Work extends Session {
  readonly engine: EngineOptions;
  readonly models: readonly EvaluatedModel[];
  readonly prompts: readonly Prompt[];
  /** By model. */
  readonly drawn: readonly (readonly DrawnImage[])[];
  readonly reference: ReferencePictures | null;
  readonly rewardHash: string | null;
  readonly heldOutHash: string | null;
  readonly clip: ClipEmbedder;
  readonly judge: WorldJudge | null;
  readonly network: FeatureNetwork | null;
}

async function makeReport(work: Work): Promise<MeasuresReport> {
  const began = Date.now();
  const { models, prompts, drawn, reference, project, clip, rewardHash, heldOutHash } = work;
  const images = await embedImages(
    work,
    clip,
    drawn.flat().map(({ hash }) => hash),
  );
  const texts = await embedTexts(
    work,
    clip,
    prompts.map(({ text }) => text),
  );
  const textOf = prompts.map(({ text }) => texts.get(text)!);
  const strata = prompts.map(({ category, split }) => `${split} ${category}`);
  const options = (name: string) => ({
    name,
    seed: project.config.seed,
    samples: project.config.evaluate.bootstrapSamples,
  });
  const means = (name: string, values: readonly number[][]): Measured[] => measureMeans(values, strata, options(name));
  /** By model, by prompt: the mean over its images. */
  const byPrompt = (of: (image: DrawnImage, model: number, at: number) => number) =>
    drawn.map((own, model) =>
      groupByPrompt(
        own.map((image, at) => ({ prompt: image.prompt, value: of(image, model, at) })),
        prompts.length,
      ).map((all) => mean(all.map(({ value }) => value))),
    );
  const embedding = ({ hash }: DrawnImage) => images.get(hash)!;

  const pairOf = (image: DrawnImage) => ({
    imageEmbedding: embedding(image),
    textEmbedding: textOf[image.prompt]!,
  });
  const scoreBy = async (hash: string | null) => (hash === null ? null : scoreRewards(work, hash, pairOf));
  const [rewards, heldOut] = [await scoreBy(rewardHash), await scoreBy(heldOutHash)];
  const values: PromptValues = {
    clipScore: byPrompt((image) => 100 * Math.max(0, cosine(embedding(image), textOf[image.prompt]!))),
    reward: rewards && byPrompt((_, model, at) => rewards[model]!.scores[at]!),
    heldOut: heldOut && byPrompt((_, model, at) => heldOut[model]!.scores[at]!),
    diversity: diversityByPrompt(drawn, prompts.length, embedding),
  };
  const clipScores = means('clip', values.clipScore);
  const rewardMeans = values.reward && means('reward', values.reward);
  const heldOutMeans = values.heldOut && means('held-out', values.heldOut);
  const hasDoubt = rewards?.every(({ doubts }) => doubts !== null) ?? false;
  const doubtMeans = hasDoubt
    ? means(
        'doubt',
        byPrompt((_, model, at) => rewards![model]!.doubts![at]!),
      )
    : null;
  const diversityMeans = values.diversity && means('diversity', values.diversity);
  const { seed } = project.config;
  const splits = measureSplits(values, prompts, { seed, samples: project.config.evaluate.bootstrapSamples });
  throwIfInterrupted(work.signal);
  const verdicts = await judgeAll(work);
  const parts = verdicts === null ? models.map(() => []) : measureParts(work, verdicts, strata, options);
  const distances = await measureDistances(work, embedding, verdicts);
  return {
    version: 1,
    createdAt: new Date().toISOString(),
    prompts: prompts.length,
    imagesPerPrompt: project.config.evaluate.imagesPerPrompt,
    encoderHash: clip.encoderHash,
    rewardHash,
    reference: reference && {
      kind: reference.kind,
      images: reference.pictures.length,
      ...(reference.path !== undefined && { path: reference.path }),
    },
    models: models.map(
      ({ name, hash }, i): ModelMeasures => ({
        name,
        modelHash: hash,
        images: drawn[i]!.length,
        clipScore: clipScores[i]!,
        reward: rewardMeans?.[i] ?? null,
        doubt: doubtMeans?.[i] ?? null,
        heldOut: heldOutMeans?.[i] ?? null,
        diversity: diversityMeans?.[i] ?? null,
        splits: splits[i]!,
        parts: parts[i]!,
        distances: distances[i]!,
      }),
    ),
    seconds: (Date.now() - began) / 1000,
  };
}

/** By model and prompt; null where a prompt has one image. */
function diversityByPrompt(
  drawn: readonly (readonly DrawnImage[])[],
  prompts: number,
  embedding: (image: DrawnImage) => Float32Array,
): number[][] | null {
  const values = drawn.map((own) =>
    groupByPrompt([...own], prompts).map((all) => cosineDiversity(all.map(embedding)) ?? null),
  );
  const isWhole = (own: (number | null)[]): own is number[] => own.every((value) => value !== null);
  return values.every(isWhole) ? values : null;
}

async function scoreRewards(
  { project, drawn }: Work,
  rewardHash: string,
  pairOf: (image: DrawnImage) => { imageEmbedding: Float32Array; textEmbedding: Float32Array },
): Promise<{ scores: Float32Array; doubts: Float32Array | null }[]> {
  const model = await openRewardModel(project, rewardHash);
  try {
    const results = [];
    for (const own of drawn) {
      const members = await model.scoreMembers(own.map(pairOf));
      results.push({ scores: meanOf(members), doubts: members.length > 1 ? spreadOf(members) : null });
    }
    return results;
  } finally {
    await model.dispose();
  }
}

const AT_ONCE = 256;

async function readPictures({ project, signal }: Work, images: readonly DrawnImage[]): Promise<Picture[]> {
  throwIfInterrupted(signal);
  return Promise.all(images.map(async ({ hash }) => decodePng(await project.images.getBlob(hash))));
}

/** By model; null outside the embedded world. */
async function judgeAll(work: Work): Promise<Seen[][] | null> {
  const { judge, drawn } = work;
  if (!judge) return null;
  const all: Seen[][] = [];
  for (const own of drawn) {
    const verdicts: Seen[] = [];
    for (let start = 0; start < own.length; start += AT_ONCE) {
      const pictures = await readPictures(work, own.slice(start, start + AT_ONCE));
      verdicts.push(...(await judge.judge(pictures.map(({ rgb }) => rgb))));
    }
    all.push(verdicts);
  }
  return all;
}

/** Count, color, subject and place, each over the prompts that name it. */
function measureParts(
  { drawn, prompts, world }: Work,
  verdicts: readonly Seen[][],
  strata: readonly string[],
  options: (name: string) => { name: string; seed: number; samples: number },
): PartRight[][] {
  const found: PartRight[][] = drawn.map(() => []);
  if (!world) return found;
  const asked = prompts.map((prompt) => world.read(prompt) ?? {});
  for (const part of world.parts) {
    const naming = [...prompts.keys()].filter((i) => asked[i]![part] !== undefined);
    if (naming.length === 0) continue;
    const values = drawn.map((own, model) => {
      const right = own.map(({ prompt }, at) => ({
        prompt,
        right: Number(verdicts[model]![at]!.parts[part] === asked[prompt]![part]),
      }));
      const groups = groupByPrompt(right, prompts.length);
      return naming.map((i) => mean(groups[i]!.map((one) => one.right)));
    });
    const measured = measureMeans(
      values,
      naming.map((i) => strata[i]!),
      options(part),
    );
    measured.forEach((own, model) => void found[model]!.push({ part, prompts: naming.length, ...own }));
  }
  return found;
}

/** By model: with CLIP's features, the judge's in the embedded world, and those of the user's network. */
async function measureDistances(
  work: Work,
  embedding: (image: DrawnImage) => Float32Array,
  verdicts: readonly Seen[][] | null,
): Promise<DistanceReport[][]> {
  const { reference, drawn, prompts, clip, judge, network, progress } = work;
  if (!reference) return drawn.map(() => []);
  const group = (own: readonly DrawnImage[], features: readonly Float32Array[]) =>
    groupByPrompt(
      own.map(({ prompt }, i) => ({ prompt, feature: features[i]! })),
      prompts.length,
    ).map((all) => all.map(({ feature }) => feature));
  const reports: DistanceReport[][] = drawn.map(() => []);
  const add = async (
    features: string,
    kernel: boolean,
    far: readonly Float32Array[],
    of: (model: number) => Promise<readonly Float32Array[]>,
  ) => {
    progress.stage(`measures: distances on ${features}`, drawn.length);
    for (const [i, own] of drawn.entries()) {
      throwIfInterrupted(work.signal);
      reports[i]!.push(measureDistance(group(own, await of(i)), far, { features, kernel }));
      progress.tick(i + 1);
    }
    progress.done();
  };
  await add('CLIP embeddings', true, await clip.embedImages(reference.pictures), async (i) => drawn[i]!.map(embedding));
  if (judge && verdicts && reference.kind === 'renders') {
    const far = await judge.judge(reference.pictures.map(({ rgb }) => rgb));
    await add(
      'judge features',
      false,
      far.map(({ features }) => features),
      async (i) => verdicts[i]!.map(({ features }) => features),
    );
  }
  if (network)
    await add(network.name, false, await network.extract(reference.pictures), async (i) =>
      network.extract(await readPictures(work, drawn[i]!)),
    );
  return reports;
}
