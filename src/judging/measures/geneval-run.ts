// GenEval as a stage: draws its prompts with each model, finds objects with the user's detector, and scores by its rules.

import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type EvaluatedModel, findModels } from '../../method/models.ts';
import { openProjectClip } from '../../method/reward/score-images.ts';
import { requireWorld, type Session } from '../../method/session.ts';
import { chooseEngine } from '../../models/inference/device.ts';
import { decodePng } from '../../pictures/image.ts';
import { insertPrompts, promptId } from '../../project/images/prompts.ts';
import { type Run, withRun } from '../../project/learning/runs.ts';
import type { Project } from '../../project/project.ts';
import { type Interval, mean, resamplePrompts, shareInterval } from '../../statistics/bootstrap.ts';
import { writeFileAtomic } from '../../util/files.ts';
import { sha256File } from '../../util/hash.ts';
import { throwIfInterrupted } from '../../util/interrupt.ts';
import { random } from '../../util/random.ts';
import { groupByPrompt } from '../evaluation/contestants.ts';
import { drawEvaluationImages } from '../evaluation/draw.ts';
import { GENEVAL } from '../evaluation/plan.ts';
import { clipColors, judgeColors } from './colors.ts';
import { openDetector } from './detector.ts';
import { type GenevalPrompt, judgeObjects, readGenevalPrompts } from './geneval.ts';
import { readGenevalFile } from './report-schema.ts';

export interface GenevalOptions {
  readonly models: readonly string[];
  /** Path of `evaluation_metadata.jsonl`. */
  readonly metadata: string;
  /** Path of the detector's config. */
  readonly detector: string;
  /** Default 4, as GenEval has it. */
  readonly imagesPerPrompt?: number;
  /** Who tells colors: CLIP zero-shot, or the judge of the embedded world. Default `clip`. */
  readonly colors?: 'clip' | 'judge';
  readonly judge?: string;
}

/** Shares of images that are right, 0 to 1, with 95 % intervals over prompts. */
export interface GenevalScores {
  readonly name: string;
  readonly modelHash: string;
  readonly images: number;
  /** The mean over tasks, each alike: GenEval's overall score. */
  readonly overall: Interval;
  readonly tasks: readonly { readonly tag: string; readonly prompts: number; readonly right: Interval }[];
  /** Share of prompts of which at least one image is right. */
  readonly anyRight: number;
}

export interface GenevalReport {
  readonly version: 1;
  readonly createdAt: string;
  readonly prompts: number;
  readonly imagesPerPrompt: number;
  readonly detector: { readonly name: string; readonly hash: string };
  readonly colors: 'clip' | 'judge';
  readonly models: readonly GenevalScores[];
}

/**
 * Scores models on GenEval's prompts. Images that are stored are not drawn again.
 *
 * @throws CollimateError CONFIG, WEIGHTS, SHAPE, USAGE, INTERRUPTED
 */
export async function runGeneval(
  session: Session,
  options: GenevalOptions,
): Promise<{ report: GenevalReport; path: string }> {
  const { project, progress } = session;
  const { imagesPerPrompt = 4, colors = 'clip' } = options;
  const asked = readGenevalPrompts(resolve(options.metadata));
  const engine = await chooseEngine(project.config, progress.note);
  const detector = await openDetector(resolve(options.detector), engine);
  const clip = colors === 'clip' ? await openProjectClip(session) : undefined;
  const judge =
    colors === 'judge'
      ? await requireWorld(session, 'evaluate geneval --colors judge').openJudge({}, options.judge)
      : undefined;
  const colorsOf = clip ? clipColors(clip) : judgeColors(judge!);
  try {
    const prompts = await storeGenevalPrompts(project, asked);
    const models = await findModels(project, options.models);
    const wanted = models.filter(({ name }) => options.models.includes(name));
    const identity = {
      metadata: sha256File(resolve(options.metadata)),
      detectorConfig: sha256File(resolve(options.detector)),
      detector: detector.hash,
      colors,
      imagesPerPrompt,
      seed: project.config.seed,
      generate: project.config.generate,
      models: wanted.map(({ hash }) => hash),
    };
    const pathOf = ({ id }: Run) => join(project.runsDir, id, 'geneval.json');
    const score = async (run: Run) => {
      const path = pathOf(run);
      const scores: GenevalScores[] = [];
      for (const model of wanted) {
        const job = { model, prompts, perPrompt: imagesPerPrompt, purpose: 'geneval' as const };
        const images = await drawEvaluationImages(job, { ...session, engine });
        progress.stage(`geneval: look at ${model.name}`, images.length);
        const right: boolean[] = [];
        for (const { hash, prompt } of images) {
          throwIfInterrupted(session.signal);
          const picture = await decodePng(await project.images.getBlob(hash));
          const objects = await detector.detect(picture, asked[prompt]!.tag === 'counting');
          right.push((await judgeObjects(asked[prompt]!, objects, colorsOf(picture))).correct);
          progress.tick(right.length);
        }
        progress.done();
        const byPrompt = groupByPrompt(
          images.map(({ prompt }, i) => ({ prompt, right: right[i]! })),
          asked.length,
        ).map((all) => all.map((one) => one.right));
        scores.push(summarizeGeneval(model, asked, byPrompt, project));
      }
      const report: GenevalReport = {
        version: 1,
        createdAt: new Date().toISOString(),
        prompts: asked.length,
        imagesPerPrompt,
        detector: { name: detector.name, hash: detector.hash },
        colors,
        models: scores,
      };
      writeFileAtomic(path, `${JSON.stringify(report)}\n`);
      return { report, path };
    };
    return await withRun(project, 'geneval', identity, score, (run) =>
      existsSync(pathOf(run)) ? { report: readGenevalFile(pathOf(run)), path: pathOf(run) } : undefined,
    );
  } finally {
    await Promise.all([detector.dispose(), clip?.dispose(), judge?.dispose()]);
  }
}

/** GenEval's prompts are kept apart from the project's own: their category names the task, and no stage learns from them. */
async function storeGenevalPrompts({ db }: Project, asked: readonly GenevalPrompt[]) {
  const prompts = asked.map(({ prompt: text, tag, include, exclude }) => ({
    text,
    category: `${GENEVAL}${tag}`,
    slots: { include, exclude },
    split: 'unseen' as const,
  }));
  await insertPrompts(db, prompts);
  return prompts.map(({ text }) => ({ id: promptId(text), text }));
}

/** Scores from whether each image of each prompt is right. */
export function summarizeGeneval(
  { name, hash }: Pick<EvaluatedModel, 'name' | 'hash'>,
  asked: readonly Pick<GenevalPrompt, 'tag'>[],
  byPrompt: readonly (readonly boolean[])[],
  { config }: Pick<Project, 'config'>,
): GenevalScores {
  const tags = [...new Set(asked.map(({ tag }) => tag))];
  const shares = byPrompt.map((all) => mean(all.map(Number)));
  const tagOf = asked.map(({ tag }) => tag);
  // Weighted so that the mean over prompts is the mean over tasks; prompts are drawn within their task, so the weights stay.
  const weighted = shares.map((share, i) => {
    const size = tagOf.filter((tag) => tag === tagOf[i]).length;
    return (share * shares.length) / (tags.length * size);
  });
  const { bootstrapSamples } = config.evaluate;
  const interval = (values: readonly number[], strata: readonly string[]) =>
    shareInterval(
      resamplePrompts([values], strata, bootstrapSamples, random(config.seed, 'geneval', ...strata.slice(0, 1))),
      0,
    );
  return {
    name,
    modelHash: hash,
    images: byPrompt.flat().length,
    overall: interval(weighted, tagOf),
    tasks: tags.map((tag) => {
      const own = shares.filter((_, i) => tagOf[i] === tag);
      return {
        tag,
        prompts: own.length,
        right: interval(
          own,
          own.map(() => tag),
        ),
      };
    }),
    anyRight: mean(byPrompt.map((all) => Number(all.some(Boolean)))),
  };
}
