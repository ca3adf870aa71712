// A project ready for tuning: a tiny model, images of known prompts, and scores, without any other stage.

import { join } from 'node:path';
import { hashModel } from '../drawing/painter.ts';
import { makeTinyPipeline } from '../drawing/testing.ts';
import { categoryOf, makeSlots, type Slots } from '../prompts/grammar.ts';
import { formatPrompt } from '../prompts/prompt-text.ts';
import type { ConfigPatch } from '../store/config.ts';
import { imageId, insertImages, type NewImage } from '../store/images.ts';
import { putModel } from '../store/models.ts';
import { createProject, type Project } from '../store/project.ts';
import { insertPrompts, promptId } from '../store/prompts.ts';
import { insertRewards, putRewardModel } from '../store/rewards.ts';
import { encodePng } from '../world/image.ts';
import { renderScene } from '../world/render.ts';
import { sampleScene } from '../world/scene.ts';
import { random } from '../util/random.ts';

export const TEST_REWARD = 'r'.repeat(64);

const SLOTS: readonly Slots[] = [makeSlots(2, 'green', 'dog', 'city'), makeSlots(1, 'red', 'cat')];

/** Few steps of few rows. */
const SMALL: NonNullable<ConfigPatch['tune']> = {
  maxTrainSteps: 4,
  batchSize: 4,
  pretrainPairs: 8,
  checkpointingSteps: 2,
  samplesEvery: 4,
  samplePrompts: 1,
  warmupSteps: 1,
};

/** A project in `dir` with `perPrompt` images of two prompts; image `i` of a prompt has the score `scoreOf(i)`. */
export async function makeTuningProject(
  dir: string,
  { tune = {}, perPrompt = 3, scoreOf = (i: number) => i / 2 }: { tune?: ConfigPatch['tune']; perPrompt?: number; scoreOf?: (i: number) => number } = {},
): Promise<Project> {
  const { sd } = makeTinyPipeline(join(dir, 'models-of-test'));
  const generate = { steps: 2, guidanceScale: 2 };
  const project = await createProject(join(dir, 'project'), { model: sd, threads: 1, generate, tune: { ...SMALL, ...tune } });
  const modelHash = hashModel(sd);
  await putModel(project.db, { hash: modelHash, kind: 'base', path: sd });
  const prompts = SLOTS.map((slots) => ({ text: formatPrompt(slots), category: categoryOf(slots), slots: { ...slots }, split: 'seen' as const }));
  await insertPrompts(project.db, prompts);
  await putRewardModel(project.db, { hash: TEST_REWARD, runId: null, config: {}, dataHash: 'd', scores: {} });
  for (const slots of SLOTS) {
    const images = await Promise.all(Array.from({ length: perPrompt }, (_, i) => drawImage(project, slots, i, modelHash)));
    await insertImages(project.db, images);
    await insertRewards(project.db, TEST_REWARD, images.map((image, i) => ({ imageId: imageId(image), score: scoreOf(i) })));
  }
  return project;
}

async function drawImage(project: Project, slots: Slots, seed: number, modelHash: string): Promise<NewImage> {
  const png = await encodePng(renderScene(sampleScene(slots, random(seed, formatPrompt(slots)))));
  const settings = { sampler: 'ddim', steps: 2, guidanceScale: 2, purpose: 'feedback' };
  return { ...settings, promptId: promptId(formatPrompt(slots)), seed, modelHash, hash: project.images.putBlob(png) };
}
