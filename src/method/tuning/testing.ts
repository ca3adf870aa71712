// A project ready for tuning: a tiny model, images of known prompts, and scores, without any other stage.

import { join } from 'node:path';
import { add, mean, mul, slice } from '../../engine/graph/functions.ts';
import { input } from '../../engine/graph/tensor.ts';
import { declareParams, initParams, unpackParams } from '../../engine/nn/params.ts';
import type { RgbImage } from '../../models/clip/resample.ts';
import { readJsonObject } from '../../models/config.ts';
import type { DiffusionModel } from '../../models/families/model.ts';
import { latentSizes } from '../../models/inference/latents.ts';
import { hashModel } from '../../models/inference/painter.ts';
import { makeTinyPipeline } from '../../models/inference/testing.ts';
import { openPipeline } from '../../models/pipeline.ts';
import { savePipeline } from '../../models/save-pipeline.ts';
import { parseUnetConfig } from '../../models/unet/config.ts';
import { unet } from '../../models/unet/unet.ts';
import { encodePng } from '../../pictures/image.ts';
import { type ConfigPatch, configSchema } from '../../project/config/config.ts';
import { EMBEDDED } from '../../project/config/database-url.ts';
import { imageId, insertImages, type NewImage } from '../../project/images/images.ts';
import { putModel } from '../../project/images/models.ts';
import { insertPrompts, promptId } from '../../project/images/prompts.ts';
import { insertRewards, putRewardModel } from '../../project/learning/rewards.ts';
import { createProject, type Project } from '../../project/project.ts';
import { categoryOf, makeSlots, type Slots } from '../../project/prompts/grammar.ts';
import { formatPrompt } from '../../project/prompts/prompt-text.ts';
import { random } from '../../util/random.ts';
import { renderScene } from '../../world/scenes/render.ts';
import { sampleScene } from '../../world/scenes/scene.ts';
import type { Examples, TuneData } from './batches.ts';
import type { TunePatch } from './methods/method.ts';
import { patchSettings, type TuneSettings } from './mixture.ts';
import type { PictureJudge } from './policy/judge.ts';

/** Random samples of small latents, for a U-Net of `makeTinyPipeline`; image `i` has weight `weights[i]`. */
export function makeTestExamples(weights: readonly number[], pairs: number): TuneData {
  const latentShape = [4, 4, 4] as const;
  const examples = (name: string, ofEach: readonly number[]): Examples => ({
    latents: random(5, name, 'latents').normals(ofEach.length * 64),
    texts: Int32Array.from(ofEach, (_, i) => 1 + (i % 2)),
    weights: Float32Array.from(ofEach),
  });
  return {
    images: examples('images', weights),
    pairs: examples('pairs', new Array(pairs).fill(1)),
    prompts: ['', 'a red cat', 'two green dogs'],
    texts: { context: random(5, 'texts').normals(3 * 48) },
    latentShape,
    conditionShapes: { context: [3, 16] },
  };
}

/** `makeTestExamples` with latents of a pipeline's size, and as many pairs as images and one. */
export function makePipelineExamples(pipeline: DiffusionModel, weights: readonly number[]): TuneData {
  const { channels, height, width, length } = latentSizes(pipeline);
  const data = makeTestExamples(weights, weights.length + 1);
  const resize = (examples: Examples): Examples => ({
    ...examples,
    latents: random(5, 'latents').normals(examples.weights.length * length),
  });
  return {
    ...data,
    images: resize(data.images),
    pairs: resize(data.pairs),
    latentShape: [channels, height, width],
  };
}

/** How red pictures are, or how high the first channel of latents: rewards that any model can learn to please. */
export const RED_JUDGE: PictureJudge = {
  score: async (pictures) => pictures.map(redness),
  graph: () => ({
    width: 2,
    embed: async (prompts) => prompts.map((prompt) => Float32Array.of(prompt.length / 16, 1)),
    rewards: (latents, prompts) => add(mean(slice(latents, 1, 0, 1), [1, 2, 3]), mul(mean(prompts, [1]), 0.1)),
  }),
};

function redness({ rgb }: RgbImage): number {
  let sum = 0;
  for (let i = 0; i < rgb.length; i += 3) sum += rgb[i]! - (rgb[i + 1]! + rgb[i + 2]!) / 2;
  return (3 * sum) / rgb.length / 255;
}

/** A pipeline like that of `makeTinyPipeline` with a U-Net of one level, which compiles in half the time. */
export function makeSmallPipeline(dir: string): DiffusionModel {
  const { sd } = makeTinyPipeline(dir);
  const config = {
    ...readJsonObject(join(sd, 'unet/config.json')),
    down_block_types: ['CrossAttnDownBlock2D'],
    up_block_types: ['CrossAttnUpBlock2D'],
    block_out_channels: [16],
  };
  const specs = declareParams((p) =>
    unet(p, parseUnetConfig(config), input('latents', [1, 4, 4, 4]), input('t', [1]), input('context', [1, 3, 16])),
  );
  const parameters = unpackParams(
    specs,
    initParams(specs, (name) => random(7, name)),
  );
  savePipeline(join(dir, 'small'), { unet: { config, parameters } }, { from: sd });
  return openPipeline(join(dir, 'small'));
}

/** Default settings with `SMALL` and `patch`. */
export function testTuneSettings(patch: TunePatch = {}): TuneSettings {
  return patchSettings({ ...configSchema.parse({}).tune, ...SMALL }, patch);
}

export const TEST_REWARD = 'r'.repeat(64);

const SLOTS: readonly Slots[] = [makeSlots(2, 'green', 'dog', 'city'), makeSlots(1, 'red', 'cat')];

/** Few steps of few rows. */
const SMALL = {
  maxTrainSteps: 4,
  batchSize: 4,
  pretrainPairs: 8,
  checkpointingSteps: 2,
  samplesEvery: 4,
  samplePrompts: 1,
  warmupSteps: 1,
} satisfies ConfigPatch['tune'];

/** A project in `dir` with `perPrompt` images of two prompts; image `i` of a prompt has the score `scoreOf(i)`. */
export async function makeTuningProject(
  dir: string,
  {
    tune = {},
    perPrompt = 3,
    scoreOf = (i: number) => i / 2,
    database = EMBEDDED,
  }: { tune?: ConfigPatch['tune']; perPrompt?: number; scoreOf?: (i: number) => number; database?: string } = {},
): Promise<Project> {
  const { sd } = makeTinyPipeline(join(dir, 'models-of-test'));
  const generate = { steps: 2, guidanceScale: 2 };
  const project = await createProject(join(dir, 'project'), {
    model: sd,
    threads: 1,
    database,
    generate,
    tune: { ...SMALL, ...tune },
  });
  const modelHash = hashModel(sd);
  await putModel(project.db, { hash: modelHash, kind: 'base', path: sd });
  const prompts = SLOTS.map((slots) => ({
    text: formatPrompt(slots),
    category: categoryOf(slots),
    slots: { ...slots },
    split: 'seen' as const,
  }));
  await insertPrompts(project.db, prompts);
  await putRewardModel(project.db, { hash: TEST_REWARD, runId: null, config: {}, dataHash: 'd', scores: {} });
  for (const slots of SLOTS) {
    const images = await Promise.all(
      Array.from({ length: perPrompt }, (_, i) => drawImage(project, slots, i, modelHash)),
    );
    await insertImages(project.db, images);
    await insertRewards(
      project.db,
      TEST_REWARD,
      images.map((image, i) => ({ imageId: imageId(image), score: scoreOf(i) })),
    );
  }
  return project;
}

async function drawImage(project: Project, slots: Slots, seed: number, modelHash: string): Promise<NewImage> {
  const png = await encodePng(renderScene(sampleScene(slots, random(seed, formatPrompt(slots)))));
  const settings = { sampler: 'ddim', steps: 2, guidanceScale: 2, purpose: 'feedback' as const };
  return {
    ...settings,
    promptId: promptId(formatPrompt(slots)),
    seed,
    modelHash,
    hash: await project.images.putBlob(png),
  };
}
