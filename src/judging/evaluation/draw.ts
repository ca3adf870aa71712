// Drawing what is not there yet: each finished batch is stored at once, so that work that was stopped goes on from there.

import { drawAll } from '../../method/drawing.ts';
import { describeLongPrompts, findLongPrompts } from '../../method/long-prompts.ts';
import type { EvaluatedModel } from '../../method/models.ts';
import type { Session } from '../../method/session.ts';
import type { EngineOptions } from '../../models/inference/device.ts';
import { drawSettings } from '../../models/inference/painter.ts';
import { openPromptReader } from '../../models/inference/prompt-reader.ts';
import type { ImagePurpose } from '../../project/database/schema.ts';
import { type ImageRecipe, imageId, listImages } from '../../project/images/images.ts';
import type { Prompt } from '../../project/images/prompts.ts';
import type { Project } from '../../project/project.ts';
import type { World } from '../../world/world.ts';
import { type DrawnImage, requireWorldSize } from './measure.ts';
import { imageSeed } from './plan.ts';

const PURPOSE = 'evaluation';

export interface DrawJob {
  readonly model: EvaluatedModel;
  readonly prompts: readonly Pick<Prompt, 'id' | 'text'>[];
  readonly perPrompt: number;
  /** What the images are for; default `evaluation`. */
  readonly purpose?: ImagePurpose;
}

export interface DrawSession extends Session {
  readonly engine: EngineOptions;
  /** The world whose judge is to see the pictures; where it is left out, they may be of any size. */
  readonly judgedBy?: World;
}

/**
 * `perPrompt` images of each prompt by one model, those that are stored taken from there; by prompt, then place.
 *
 * @throws CollimateError INTERRUPTED, MISMATCH where the judge could not see the pictures.
 */
export async function drawEvaluationImages(job: DrawJob, session: DrawSession): Promise<DrawnImage[]> {
  const { project, progress } = session;
  const { purpose = PURPOSE } = job;
  const { latent } = job.model.pipeline;
  const settings = drawSettings(project.config.generate, job.model.pipeline);
  if (session.judgedBy) requireWorldSize({ ...latent.own, ...settings }, session.judgedBy);
  const recipes = planRecipes(job, project, purpose);
  const missing = await findMissing(project, recipes, purpose);
  if (missing.length > 0) noteLongPrompts(job, progress);
  if (missing.length > 0) await drawMissing(job, missing, recipes.length - missing.length, session);
  progress.done();
  const stored = await listImages(project.db, { purpose, modelHash: job.model.hash });
  const hashes = new Map(stored.map(({ id, hash }) => [id, hash]));
  return recipes.map((recipe) => {
    const id = imageId(recipe);
    return { id, hash: hashes.get(id)!, seed: recipe.seed, prompt: recipe.prompt };
  });
}

function noteLongPrompts({ model, prompts }: DrawJob, progress: Session['progress']): void {
  const texts = prompts.map(({ text }) => text);
  const long = findLongPrompts(openPromptReader(model.pipeline), texts);
  for (const line of long ? describeLongPrompts(long) : []) progress.note(`${model.name}: ${line.trim()}`);
}

/** The recipes that have no row, or whose file is gone. */
export async function findMissing(
  { db, images }: Project,
  recipes: readonly PlannedRecipe[],
  purpose: ImagePurpose,
): Promise<PlannedRecipe[]> {
  const stored = await listImages(db, { purpose });
  const there = await images.findBlobs(stored.map(({ hash }) => hash));
  const whole = new Set(stored.filter(({ hash }) => there.has(hash)).map(({ id }) => id));
  return recipes.filter((recipe) => !whole.has(imageId(recipe)));
}

type PlannedRecipe = ImageRecipe & { prompt: number; text: string };

export function planRecipes(
  { model, prompts, perPrompt }: DrawJob,
  { config }: Project,
  purpose: ImagePurpose,
): PlannedRecipe[] {
  const settings = drawSettings(config.generate, model.pipeline);
  return prompts.flatMap(({ id, text }, prompt) =>
    Array.from({ length: perPrompt }, (_, index) => ({
      promptId: id,
      seed: imageSeed(config.seed, id, index),
      ...settings,
      modelHash: model.hash,
      purpose,
      prompt,
      text,
    })),
  );
}

async function drawMissing(job: DrawJob, missing: readonly PlannedRecipe[], there: number, session: DrawSession) {
  const { project, progress, engine } = session;
  const { pipeline, unet, name, hash } = job.model;
  const settings = drawSettings(project.config.generate, pipeline);
  progress.stage(`evaluate: draw with ${name}`, there + missing.length, there);
  const drawings = missing.map(({ prompt: _, text, ...recipe }) => ({ recipe, text }));
  await drawAll(session, { model: { pipeline, unet, hash }, settings, drawings, before: there, engine });
}
