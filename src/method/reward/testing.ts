// Small data for tests of the reward: embeddings that a rule labels, and a project with rated renders and no other stage.

import { join } from 'node:path';
import { makeTinyPipeline } from '../../models/inference/testing.ts';
import { encodePng } from '../../pictures/image.ts';
import { type ConfigPatch, configSchema } from '../../project/config/config.ts';
import type { Answer } from '../../project/database/schema.ts';
import { imageId, insertImages, type NewImage } from '../../project/images/images.ts';
import { putModel } from '../../project/images/models.ts';
import { insertPrompts, promptId } from '../../project/images/prompts.ts';
import { createProject, type Project } from '../../project/project.ts';
import { categoryOf, makeSlots, type Slots } from '../../project/prompts/grammar.ts';
import { heldOutTest } from '../../project/prompts/held-out.ts';
import { formatPrompt } from '../../project/prompts/prompt-text.ts';
import { splitPrompts } from '../../project/prompts/split.ts';
import { addGuideline } from '../../project/rating/guidelines.ts';
import { putRater } from '../../project/rating/raters.ts';
import { insertRatings, type NewRating } from '../../project/rating/ratings.ts';
import { createProgress } from '../../util/progress.ts';
import { random } from '../../util/random.ts';
import { renderScene } from '../../world/scenes/render.ts';
import { sampleScene } from '../../world/scenes/scene.ts';
import { openWorld } from '../../world/worlds/worlds.ts';
import type { Session } from '../session.ts';
import type { RewardData, RewardExample } from './batches.ts';
import type { RewardSettings } from './fit.ts';

/** Default settings with `patch`. */
export function testRewardSettings(patch: Partial<RewardSettings> = {}): RewardSettings {
  return { ...configSchema.parse({}).reward, ...patch };
}

const [WIDTH, TEXTS] = [8, 6];

/** Random unit embeddings [8]: image i has text i mod 6, is a label by a coin, and two lists of 3 edits. */
export function makeTestLabels(train: number, validation: number): RewardData {
  const count = train + validation;
  const rng = random(3, 'reward-test');
  const unit = (rows: number) => {
    const table = rng.normals(rows * WIDTH);
    for (let row = 0; row < rows; row++) {
      const part = table.subarray(row * WIDTH, (row + 1) * WIDTH);
      const length = Math.hypot(...part);
      part.forEach((value, i) => {
        part[i] = value / length;
      });
    }
    return table;
  };
  const examples = Array.from({ length: count }, (_, i): RewardExample => {
    const text = i % TEXTS;
    return {
      image: i,
      text,
      label: rng.int(2),
      edits: [1, 2].map((d) => [d, d + 1, d + 2].map((k) => (text + k) % TEXTS)),
    };
  });
  return {
    width: WIDTH,
    images: unit(count),
    texts: unit(TEXTS),
    train: examples.slice(0, train),
    validation: examples.slice(train),
  };
}

const isHeldOut = heldOutTest(splitPrompts());

/** Count prompts of the embedded world, seen and unseen. */
export const TEST_PROMPTS: readonly Slots[] = [
  ...['dog', 'cat', 'bird', 'fish', 'rabbit', 'turtle'].flatMap((subject) => [
    makeSlots(2, undefined, subject),
    makeSlots(3, undefined, subject),
  ]),
];

const REWARD = {
  hiddenWidth: 16,
  maxSteps: 20,
  validationEvery: 5,
  batchSize: 16,
  negatives: 4,
  validationShare: 0.25,
} satisfies ConfigPatch['reward'];

/** A project in `dir` with `perPrompt` rated images of each test prompt, half of them of what the prompt says. */
export async function makeRatedProject(
  dir: string,
  { perPrompt = 4, reward = {} }: { perPrompt?: number; reward?: ConfigPatch['reward'] } = {},
): Promise<Project> {
  const { clip } = makeTinyPipeline(join(dir, 'models-of-test'));
  const project = await createProject(join(dir, 'project'), { clip, threads: 1, reward: { ...REWARD, ...reward } });
  const { db } = project;
  await addGuideline(db, 'Good shows what the prompt says.');
  await putModel(db, { hash: 'b'.repeat(64), kind: 'base', path: 'embedded' });
  await putRater(db, { id: 'ann', name: 'Ann', kind: 'human', settings: {} });
  await insertPrompts(
    db,
    TEST_PROMPTS.map((slots) => ({
      text: formatPrompt(slots),
      category: categoryOf(slots),
      slots: { ...slots },
      split: isHeldOut(slots) ? ('unseen' as const) : ('seen' as const),
    })),
  );
  for (const slots of TEST_PROMPTS) await addRatedImages(project, slots, perPrompt);
  return project;
}

/** Draws and rates more images of a prompt; those with an even number show it, the others one subject too many. */
export async function addRatedImages(project: Project, slots: Slots, count: number, first = 0): Promise<void> {
  const images: NewImage[] = [];
  const ratings: NewRating[] = [];
  for (let seed = first; seed < first + count; seed++) {
    const good = seed % 2 === 0;
    const text = formatPrompt(slots);
    const scene = sampleScene(good ? slots : { ...slots, count: slots.count === 2 ? 3 : 4 }, random(seed, text));
    const image: NewImage = {
      promptId: promptId(text),
      seed,
      sampler: 'ddim',
      steps: 2,
      guidanceScale: 3,
      modelHash: 'b'.repeat(64),
      purpose: isHeldOut(slots) ? 'evaluation' : 'feedback',
      hash: await project.images.putBlob(await encodePng(renderScene(scene))),
    };
    images.push(image);
    ratings.push(rate(imageId(image), good ? 'good' : 'bad'));
  }
  await insertImages(project.db, images);
  await insertRatings(project.db, ratings);
}

function rate(id: string, answer: Answer): NewRating {
  const ratedAt = '2026-01-01T00:00:00.000Z';
  return { imageId: id, raterId: 'ann', answer, ratedAt, milliseconds: 900, guidelineVersion: 1 };
}

/** A session without a terminal. */
export function openTestSession(project: Project, signal: AbortSignal = new AbortController().signal): Session {
  return {
    project,
    world: openWorld(project.config),
    progress: createProgress({ stream: process.stderr, silent: true }),
    signal,
  };
}
