// A small project in which every page has something to show: rated renders, a reward function, a tuned model, an evaluation.

import { join } from 'node:path';
import { evaluate } from '../../src/judging/evaluation/evaluate.ts';
import { addReward, makeEvaluationProject, makeSession } from '../../src/judging/evaluation/testing.ts';
import { storePrompts } from '../../src/method/feedback/prompts.ts';
import { tuneModel } from '../../src/method/tuning/tune.ts';
import { encodePng } from '../../src/pictures/image.ts';
import { EMBEDDED } from '../../src/project/config/database-url.ts';
import { insertImages } from '../../src/project/images/images.ts';
import type { Project } from '../../src/project/project.ts';
import { random } from '../../src/util/random.ts';
import { renderScene } from '../../src/world/scenes/render.ts';
import { sampleAnyScene } from '../../src/world/scenes/scene.ts';

/** A checkpoint and samples at every second step. */
const FEW_STEPS = {
  maxTrainSteps: 4,
  batchSize: 4,
  pretrainPairs: 8,
  checkpointingSteps: 2,
  samplesEvery: 2,
  samplePrompts: 3,
  warmupSteps: 1,
};

/** Makes the project in `dir` and returns its folder. */
export async function makeStudioProject(dir: string, database: string = EMBEDDED): Promise<string> {
  const { project, judgeDir } = await makeEvaluationProject(dir, { reward: { heldOutRaters: 0.5 }, database });
  try {
    await addReward(project);
    await addRenders(project, 40);
    Object.assign(project.config.tune, FEW_STEPS);
    await tuneModel(makeSession(project), { name: 'second' });
    await evaluate(makeSession(project), { models: ['tuned'], judgeDir });
  } finally {
    await project.close();
  }
  return join(dir, 'project');
}

/** Adds pictures that nobody has rated, as many of each prompt. */
async function addRenders(project: Project, count: number): Promise<void> {
  const { db, config, images: blobs } = project;
  const prompts = (await storePrompts(db, config)).filter(({ split }) => split === 'seen');
  const { modelHash, sampler, steps, guidanceScale } = (await db.selectFrom('images').selectAll().executeTakeFirst())!;
  const images = Array.from({ length: count }, async (_, i) => {
    const hash = await blobs.putBlob(await encodePng(renderScene(sampleAnyScene(random(i, 'studio')))));
    const { id: promptId } = prompts[i % prompts.length]!;
    return { promptId, seed: 100 + i, sampler, steps, guidanceScale, modelHash, purpose: 'feedback' as const, hash };
  });
  await insertImages(db, await Promise.all(images));
}
