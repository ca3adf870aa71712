// A project that can be evaluated within a second or two: narrow models with random weights, a few prompts, a reward.

import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { storePrompts } from '../../method/feedback/prompts.ts';
import { trainReward } from '../../method/reward/train.ts';
import { hashModel } from '../../models/inference/painter.ts';
import { makeTinyPipeline } from '../../models/inference/testing.ts';
import { encodePng } from '../../pictures/image.ts';
import type { ConfigPatch } from '../../project/config/config.ts';
import { imageId, insertImages } from '../../project/images/images.ts';
import { putModel } from '../../project/images/models.ts';
import { createProject, type Project } from '../../project/project.ts';
import { addGuideline } from '../../project/rating/guidelines.ts';
import { putRater } from '../../project/rating/raters.ts';
import { insertRatings } from '../../project/rating/ratings.ts';
import { createProgress } from '../../util/progress.ts';
import { random } from '../../util/random.ts';
import { renderScene } from '../../world/scenes/render.ts';
import { sampleAnyScene } from '../../world/scenes/scene.ts';
import { openWorld } from '../../world/worlds/worlds.ts';

const PROMPTS = { count: 1, color: 1, background: 1, combination: 1, unseenPerCategory: 1 };

/** A project in `dir` with a base model and a tuned one, both random, and the folder of a random judge. */
export async function makeEvaluationProject(
  dir: string,
  { reward = {}, tune = {}, ...rest }: Pick<ConfigPatch, 'reward' | 'tune' | 'database'> = {},
): Promise<{ project: Project; judgeDir: string }> {
  const base = makeTinyPipeline(join(dir, 'base'), 0);
  const project = await createProject(join(dir, 'project'), {
    model: base.sd,
    clip: base.clip,
    threads: 1,
    prompts: PROMPTS,
    generate: { steps: 1, guidanceScale: 1, batchSize: 8 },
    reward: { maxSteps: 2, hiddenWidth: 8, negatives: 1, batchSize: 4, validationEvery: 1, ...reward },
    tune,
    ...rest,
    evaluate: { imagesPerPrompt: 2, bestOf: 3, bootstrapSamples: 200 },
  });
  cpSync(makeTinyPipeline(join(dir, 'tuned'), 1).sd, join(project.dir, 'models', 'tuned'), { recursive: true });
  await storePrompts(project.db, project.config);
  return { project, judgeDir: base.judge };
}

/** Gives the project ratings, good and bad in turn, of random renders, and a reward function trained on them. */
export async function addReward(project: Project): Promise<void> {
  const { db, config, images: blobs } = project;
  const modelHash = hashModel(config.model);
  await putModel(db, { hash: modelHash, kind: 'base', path: config.model });
  const { sampler, steps, guidanceScale } = config.generate;
  const prompts = (await storePrompts(db, config)).filter(({ split }) => split === 'seen');
  const images = await Promise.all(
    prompts.flatMap(({ id }, prompt) =>
      [0, 1].map(async (seed) => {
        const hash = await blobs.putBlob(await encodePng(renderScene(sampleAnyScene(random(prompt, seed)))));
        return { promptId: id, seed, sampler, steps, guidanceScale, modelHash, purpose: 'feedback' as const, hash };
      }),
    ),
  );
  await insertImages(db, images);
  const guidelineVersion = await addGuideline(db, 'Good shows what the prompt says.');
  for (const id of ['ann', 'bob']) await putRater(db, { id, name: id, kind: 'human', settings: {} });
  const ratings = images.flatMap((image, i) =>
    ['ann', 'bob'].map((raterId) => ({
      imageId: imageId(image),
      raterId,
      answer: i % 2 === 0 ? ('good' as const) : ('bad' as const),
      ratedAt: '2026-01-01T00:00:00.000Z',
      milliseconds: 1000,
      guidelineVersion,
    })),
  );
  await insertRatings(db, ratings);
  await trainReward(makeSession(project));
}

/** What a stage is given: no progress, and a signal of its own. */
export function makeSession(project: Project, signal = new AbortController().signal) {
  return {
    project,
    world: openWorld(project.config),
    progress: createProgress({ stream: process.stderr, silent: true }),
    signal,
  };
}
