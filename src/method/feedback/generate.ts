// The first half of feedback: pictures of the seen prompts, drawn by the base model and stored with all that they were
// drawn from. What is stored is never drawn again.

import type { DiffusionModel } from '../../models/families/model.ts';

import { type DrawSettings, drawSettings, hashModelAside } from '../../models/inference/painter.ts';
import { openPromptReader } from '../../models/inference/prompt-reader.ts';
import { openPipeline } from '../../models/pipeline.ts';
import type { Config } from '../../project/config/config.ts';
import { type ImageRecipe, imageId, listImages } from '../../project/images/images.ts';
import { putModel } from '../../project/images/models.ts';
import type { Prompt } from '../../project/images/prompts.ts';
import { checkRecorded } from '../../project/learning/recorded-models.ts';
import { type Run, updateRunProgress, withRun } from '../../project/learning/runs.ts';
import type { Project } from '../../project/project.ts';
import { orderCategories } from '../../project/prompts/categories.ts';
import { CollimateError } from '../../util/errors.ts';
import { random } from '../../util/random.ts';
import { drawAll } from '../drawing.ts';
import { describeLongPrompts, findLongPrompts } from '../long-prompts.ts';
import { projectModel } from '../project-model.ts';
import type { Session } from '../session.ts';
import { checkPools } from './mixing.ts';
import { findShortages, listAskedPrompts, storePrompts } from './prompts.ts';

export interface GenerateSummary {
  /** Images of the configured prompts that are stored now. */
  readonly images: number;
  /** How many of them this run drew. */
  readonly drawn: number;
  readonly seconds: number;
  /** 0 where nothing was drawn. */
  readonly imagesPerSecond: number;
  readonly modelHash: string;
  /** Seen prompts by category. */
  readonly prompts: Readonly<Record<string, number>>;
  /** Drawn and answered, and never learned from. */
  readonly developmentPrompts: number;
  readonly unseenPrompts: number;
}

export interface GenerateOptions {
  /** Draw although this model's pictures were drawn with other settings, so that both kinds are rated and learned from. */
  readonly mix?: boolean;
}

interface Drawing extends ImageRecipe {
  readonly prompt: string;
}

/**
 * Draws the images of all seen prompts that are not stored yet, batch by batch: a batch is stored whole or not at all.
 *
 * @throws CollimateError USAGE where pictures of other settings are there and mixing was not asked for, CONFIG where there
 * are no prompts to draw, INTERRUPTED after storing what was finished.
 */
export async function generateImages(session: Session, options: GenerateOptions = {}): Promise<GenerateSummary> {
  const { project, progress } = session;
  const { config, db } = project;
  const model = openPipeline(projectModel(project, (line) => progress.note(line)));
  const settings = drawSettings(config.generate, model);
  const modelHash = await hashModelAside(model.folder);
  await checkRecorded(project, model.folder, modelHash);
  const identity = { seed: config.seed, modelHash, prompts: config.prompts, generate: config.generate };
  const prompts = await storePrompts(db, config);
  noteLongPrompts(session, model, prompts);
  const short = findShortages(config, prompts);
  if (short.length > 0) progress.note(`The grammar makes too few prompts: ${short.join(', ')}.`);
  await putModel(db, { hash: modelHash, kind: 'base', path: config.model === 'embedded' ? 'embedded' : model.folder });
  const drawings = planDrawings(config, settings, prompts, modelHash);
  const missing = await findMissing(project, drawings, modelHash);
  if (missing.length > 0) await checkPools(session, settings, drawings, options);
  const draw = async (run: Run) => {
    const began = performance.now();
    progress.stage('generate', drawings.length, drawings.length - missing.length);
    if (missing.length > 0)
      await drawAll(session, {
        model: { pipeline: model, hash: modelHash },
        settings,
        drawings: missing.map(({ prompt: text, ...recipe }) => ({ recipe, text })),
        before: drawings.length - missing.length,
      });
    const seconds = (performance.now() - began) / 1000;
    const summary = summarize(prompts, drawings.length, missing.length, seconds, modelHash);
    await updateRunProgress(db, run.id, { ...summary });
    progress.done();
    return summary;
  };
  return withRun(project, 'generate', identity, draw, () =>
    missing.length === 0 ? summarize(prompts, drawings.length, 0, 0, modelHash) : undefined,
  );
}

/** What there is to draw, found without storing anything. */
export async function planGenerate(project: Project) {
  const { config, db } = project;
  const model = openPipeline(projectModel(project));
  const settings = drawSettings(config.generate, model);
  const modelHash = await hashModelAside(model.folder);
  const prompts = await listAskedPrompts(db, config);
  const drawings = planDrawings(config, settings, prompts, modelHash);
  const missing = await findMissing(project, drawings, modelHash);
  const stored = (await listImages(db, { purpose: 'feedback' })).map(({ hash }) => hash);
  const drawn = prompts.filter(({ split }) => split !== 'unseen');
  return { model, settings, prompts: drawn, drawings, missing, stored };
}

function noteLongPrompts({ progress }: Session, model: DiffusionModel, prompts: readonly Prompt[]): void {
  const drawn = prompts.filter(({ split }) => split !== 'unseen').map(({ text }) => text);
  const long = findLongPrompts(openPromptReader(model), drawn);
  for (const line of long ? describeLongPrompts(long) : []) progress.note(line);
}

/** One image of each seen and each development prompt, then the next of each, so that a run that is stopped early has some of all. */
function planDrawings(
  { seed, generate }: Config,
  settings: DrawSettings,
  prompts: readonly Prompt[],
  modelHash: string,
): Drawing[] {
  // Development prompts are drawn and answered too: what validates by them needs answers.
  const drawn = ['seen', 'development'].flatMap((split) => prompts.filter((prompt) => prompt.split === split));
  if (!drawn.some(({ split }) => split === 'seen'))
    throw new CollimateError(
      'CONFIG',
      'generate: there is no seen prompt',
      'Import some with `collimate prompts import`, or, where a grammar makes them, raise prompts.combination in collimate.yaml.',
    );
  const recipe = { ...settings, modelHash, purpose: 'feedback' as const };
  return Array.from({ length: generate.imagesPerPrompt }, (_, i) =>
    drawn.map(({ id, text }) => ({
      ...recipe,
      prompt: text,
      promptId: id,
      seed: random(seed, 'feedback', id, i).int(2 ** 31),
    })),
  ).flat();
}

/** The drawings that have no row, or whose file is gone. */
async function findMissing(
  { db, images }: Project,
  drawings: readonly Drawing[],
  modelHash: string,
): Promise<Drawing[]> {
  const stored = await listImages(db, { purpose: 'feedback', modelHash });
  const there = await images.findBlobs(stored.map(({ hash }) => hash));
  const whole = new Set(stored.filter(({ hash }) => there.has(hash)).map(({ id }) => id));
  return drawings.filter((drawing) => !whole.has(imageId(drawing)));
}

function summarize(
  prompts: readonly Prompt[],
  images: number,
  drawn: number,
  seconds: number,
  modelHash: string,
): GenerateSummary {
  const seen = prompts.filter(({ split }) => split === 'seen');
  return {
    images,
    drawn,
    seconds,
    imagesPerSecond: drawn === 0 ? 0 : drawn / seconds,
    modelHash,
    prompts: Object.fromEntries(
      orderCategories(prompts.map(({ category }) => category)).map((name) => [
        name,
        seen.filter(({ category }) => category === name).length,
      ]),
    ),
    developmentPrompts: prompts.filter(({ split }) => split === 'development').length,
    unseenPrompts: prompts.filter(({ split }) => split === 'unseen').length,
  };
}
