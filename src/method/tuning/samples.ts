// Samples: the same few prompts with the same noise, drawn again as tuning goes on, so that its effect can be seen.

import type { EngineOptions } from '../../models/inference/device.ts';
import { type PipelineOrPath, toPipeline } from '../../models/inference/opened.ts';
import { drawSettings, openPainter } from '../../models/inference/painter.ts';
import { encodePng } from '../../pictures/image.ts';
import type { Config } from '../../project/config/config.ts';
import {
  filterMissingImages,
  type ImageRecipe,
  imageId,
  insertImages,
  listImages,
} from '../../project/images/images.ts';
import { listPrompts, type Prompt } from '../../project/images/prompts.ts';
import type { Project } from '../../project/project.ts';
import { random } from '../../util/random.ts';

const SEEDS = 2 ** 31;
/** Samples are few: a smaller batch than the one for feedback wastes no rows. */
const MOST_AT_ONCE = 16;

export interface SampleOptions extends EngineOptions {
  readonly prompts: readonly Prompt[];
  /** Images of each prompt; default 1. */
  readonly perPrompt?: number;
  readonly seed: number;
  readonly generate: Config['generate'];
  /** Groups the images of one run. */
  readonly batch: string;
  readonly signal: AbortSignal;
  /** Told what runs otherwise than was asked for, operation by operation. */
  readonly detail?: (line: string) => void;
}

/** A sample, with the text of its prompt. */
export interface SampleImage {
  readonly id: string;
  /** Of its file. */
  readonly hash: string;
  readonly text: string;
}

/** Which weights draw: a whole pipeline, or one with the U-Net of a checkpoint. */
export interface SampleModel {
  readonly pipeline: PipelineOrPath;
  readonly unet?: string;
  readonly hash: string;
}

/** `count` development prompts, or seen ones where there are none, the categories in turn, the same for the same seed. */
export async function chooseSamplePrompts(db: Project['db'], count: number, seed: number): Promise<Prompt[]> {
  const development = await listPrompts(db, { split: 'development' });
  const pool = development.length > 0 ? development : await listPrompts(db, { split: 'seen' });
  const prompts = random(seed, 'tune', 'sample prompts').shuffle(pool);
  const categories = [...new Set(prompts.map(({ category }) => category))].sort();
  const inTurn = prompts
    .map((prompt) => ({ prompt, turn: turnOf(prompts, prompt), category: categories.indexOf(prompt.category) }))
    .sort((a, b) => a.turn - b.turn || a.category - b.category);
  return inTurn.slice(0, count).map(({ prompt }) => prompt);
}

/** How many prompts of the same category come before. */
function turnOf(prompts: readonly Prompt[], prompt: Prompt): number {
  return prompts.slice(0, prompts.indexOf(prompt)).filter(({ category }) => category === prompt.category).length;
}

/**
 * Draws the samples of a model that are not there yet, stores them with purpose `sample`, and returns all of them by
 * prompt.
 *
 * @throws CollimateError INTERRUPTED where the signal asked to stop.
 */
export async function drawSamples(
  project: Project,
  model: SampleModel,
  options: SampleOptions,
): Promise<SampleImage[][]> {
  const { prompts, perPrompt = 1, seed, generate, batch, signal, ...engine } = options;
  const pipeline = toPipeline(model.pipeline);
  const settings = drawSettings(generate, pipeline);
  const recipes = prompts.flatMap((prompt) =>
    Array.from({ length: perPrompt }, (_, i) => ({
      promptId: prompt.id,
      prompt: prompt.text,
      seed: sampleSeed(seed, prompt.id, i),
      ...settings,
      modelHash: model.hash,
      purpose: 'sample' as const,
    })),
  );
  const missing = await filterMissingImages<ImageRecipe & { prompt: string }>(project.db, recipes);
  if (missing.length === 0) return listSamples(project, model, recipes);
  const batchSize = Math.min(missing.length, MOST_AT_ONCE, generate.batchSize);
  const painter = await openPainter(pipeline, {
    ...engine,
    batchSize,
    modelHash: model.hash,
    ...(model.unet && { unet: model.unet }),
  });
  try {
    for await (const pictures of painter.draw(missing, settings, { signal })) {
      const images = await Promise.all(
        pictures.map(async ({ index, rgb, width, height, parameters }) => {
          const { prompt: _text, ...recipe } = missing[index]!;
          return {
            ...recipe,
            batch,
            hash: await project.images.putBlob(await encodePng(rgb, width, height, parameters)),
          };
        }),
      );
      await insertImages(project.db, images);
    }
  } finally {
    await painter.dispose();
  }
  return listSamples(project, model, recipes);
}

/** The noise of sample `i` of a prompt, the same at every step. */
function sampleSeed(seed: number, promptId: string, i: number): number {
  return random(seed, 'tune', 'sample', promptId, ...(i > 0 ? [i] : [])).int(SEEDS);
}

async function listSamples(
  { db }: Project,
  model: SampleModel,
  recipes: readonly (ImageRecipe & { prompt: string })[],
): Promise<SampleImage[][]> {
  const stored = await listImages(db, { purpose: 'sample', modelHash: model.hash });
  const hashes = new Map(stored.map(({ id, hash }) => [id, hash]));
  const byPrompt = new Map<string, SampleImage[]>();
  for (const recipe of recipes) {
    const id = imageId(recipe);
    const image = { id, hash: hashes.get(id)!, text: recipe.prompt };
    byPrompt.set(recipe.promptId, [...(byPrompt.get(recipe.promptId) ?? []), image]);
  }
  return [...byPrompt.values()];
}
