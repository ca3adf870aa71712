import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { adoptModel, putModel } from '../../project/images/models.ts';
import { putEvaluation } from '../../project/learning/evaluations.ts';
import { putRewardModel } from '../../project/learning/rewards.ts';
import { updateRunProgress, withRun } from '../../project/learning/runs.ts';
import { createProject, type Project } from '../../project/project.ts';
import { makeTemporaryDir } from '../../project/testing.ts';
import { readOverview } from '../../studio/server/steering/read-overview.ts';
import { listModelStates } from './models.ts';

const [BASE, TUNED, NEXT] = ['a', 'b', 'c'].map((letter) => letter.repeat(64)) as [string, string, string];
const interval = (estimate: number) => ({ estimate, low: estimate - 0.1, high: estimate + 0.1 });

test('after a round the base has the figures of the model that it is, and not those of the base of the round before', async (t) => {
  const project = await createProject(join(makeTemporaryDir(t), 'project'));
  t.after(() => project.close());
  const { db } = project;
  await putModel(db, { hash: BASE, kind: 'base', path: 'embedded' });
  await makeTuned(project, 'tuned', TUNED, BASE);
  const first = await addReward(project, 'first');
  await evaluateModels(project, { base: BASE, tuned: TUNED }, { base: 0.4, tuned: 0.6 });
  await measureModels(project, first, [
    { name: 'base', modelHash: BASE, reward: 0.3 },
    { name: 'tuned', modelHash: TUNED, reward: 0.7 },
  ]);
  assert.deepEqual(await tell(project), [
    ['base', 0.4, null, 0.3, false],
    ['tuned', 0.6, 0.2, 0.7, false],
  ]);
  assert.equal(await stageOf(project, 'evaluate'), 'done');

  // As `collimate round` leaves a project: the folder has another name, and the configuration names it.
  await putModel(db, { hash: TUNED, kind: 'checkpoint', path: 'models/round-2' });
  await adoptModel(db, TUNED, BASE);
  makeFolder(project, 'round-2');
  const second: Project = { ...project, config: { ...project.config, model: 'models/round-2' } };
  await makeTuned(second, 'tuned', NEXT, TUNED);
  assert.deepEqual(await tell(second), [
    ['base', 0.6, null, 0.7, false],
    ['round-2', 0.6, null, 0.7, false],
    ['tuned', null, null, null, false],
  ]);
  assert.equal(await stageOf(second, 'evaluate'), 'empty', 'what was evaluated is the round before');

  const latest = await addReward(second, 'second');
  assert.deepEqual((await tell(second))[0], ['base', 0.6, null, 0.7, true], 'a reward of the round before says so');
  await evaluateModels(second, { base: TUNED, tuned: NEXT }, { base: 0.65, tuned: 0.8 });
  await measureModels(second, latest, [{ name: 'tuned', modelHash: NEXT, reward: 0.9 }]);
  assert.deepEqual(await tell(second), [
    ['base', 0.65, null, 0.7, true],
    ['round-2', 0.65, null, 0.7, true],
    ['tuned', 0.8, 0.2, 0.9, false],
  ]);
  assert.equal(await stageOf(second, 'evaluate'), 'done');
});

/** Name, share judged good, difference to the base, reward, and whether an earlier reward function said so. */
async function tell(project: Project) {
  return (await listModelStates(project)).map(({ name, judgedGood, reward, rewardIsOld }) => [
    name,
    judgedGood?.value.estimate ?? null,
    judgedGood?.versusBase?.estimate ?? null,
    reward?.estimate ?? null,
    rewardIsOld,
  ]);
}

async function stageOf(project: Project, name: string) {
  return (await readOverview(project, null)).stages.find((stage) => stage.name === name)?.status;
}

function makeFolder({ dir }: Project, name: string): void {
  mkdirSync(join(dir, 'models', name), { recursive: true });
  writeFileSync(join(dir, 'models', name, 'model_index.json'), '{}');
}

async function makeTuned(project: Project, name: string, modelHash: string, baseHash: string): Promise<void> {
  makeFolder(project, name);
  const model = join('models', name);
  await putModel(project.db, { hash: modelHash, kind: 'checkpoint', path: model, parentHash: baseHash });
  await withRun(project, 'tune', { name, baseHash }, ({ id }) =>
    updateRunProgress(project.db, id, { model, modelHash }),
  );
}

async function addReward({ db }: Project, name: string): Promise<string> {
  const hash = name.padEnd(64, '0');
  await putRewardModel(db, { hash, runId: null, config: {}, dataHash: hash, scores: {} });
  return hash;
}

async function evaluateModels(
  project: Project,
  models: { base: string; tuned: string },
  good: { base: number; tuned: number },
): Promise<void> {
  const run = { models: Object.entries(models).map(([name, hash]) => ({ name, hash })) };
  await withRun(project, 'evaluate', run, async ({ id }) => {
    for (const name of ['base', 'tuned', 'best-of-16'] as const) {
      const of = name === 'tuned' ? 'tuned' : 'base';
      const share = name === 'best-of-16' ? 0.99 : good[of];
      const versus = { good: interval(0.2), growth: null, reward: null, diversity: null, wins: 1, losses: 0, ties: 0 };
      const group = { split: 'unseen', category: 'all', prompts: 4, images: 8, good: interval(share), unclear: 0 };
      await putEvaluation(project.db, {
        runId: id,
        name,
        modelHash: models[of],
        baselineHash: name === 'base' ? null : models.base,
        rewardHash: null,
        config: run,
        metrics: {
          groups: [{ ...group, reward: null, diversity: null, versusBase: name === 'base' ? null : versus }],
          frechet: null,
        },
      });
    }
    return {};
  });
}

async function measureModels(
  project: Project,
  rewardHash: string,
  models: readonly { name: string; modelHash: string; reward: number }[],
): Promise<void> {
  await withRun(project, 'measures', { rewardHash, models }, async ({ id }) => {
    const measured = (value: number) => ({ value: interval(value), versusBase: null });
    const figures = { images: 8, clipScore: measured(20), diversity: null, parts: [], distances: [] };
    const report = {
      version: 1,
      createdAt: '2026-01-01T00:00:00.000Z',
      prompts: 4,
      imagesPerPrompt: 2,
      encoderHash: 'e',
      rewardHash,
      reference: null,
      models: models.map(({ reward, ...model }) => ({ ...model, ...figures, reward: measured(reward) })),
      seconds: 1,
    };
    mkdirSync(join(project.runsDir, id), { recursive: true });
    writeFileSync(join(project.runsDir, id, 'measures.json'), JSON.stringify(report));
    return {};
  });
}
