import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { addReward, makeEvaluationProject, makeSession } from '../../judging/evaluation/testing.ts';
import type { ConfigPatch } from '../../project/config/config.ts';
import { listImages } from '../../project/images/images.ts';
import { listCheckpoints } from '../../project/learning/checkpoints.ts';
import { findLatestRewardModel, readRewards } from '../../project/learning/rewards.ts';
import type { Project } from '../../project/project.ts';
import { makeTemporaryDir } from '../../project/testing.ts';
import { tuneModel } from './tune.ts';
import { judgeWatch, readWatch } from './watch.ts';
import { distanceTo } from './watch-measure.ts';

const TUNE = {
  maxTrainSteps: 6,
  batchSize: 4,
  pretrainPairs: 8,
  checkpointingSteps: 0,
  samplesEvery: 2,
  samplePrompts: 3,
  watchImages: 2,
  warmupSteps: 0,
  emaDecay: 0,
  learningRate: 3e-3,
} satisfies ConfigPatch['tune'];

async function open(t: TestContext, tune: ConfigPatch['tune'] = {}): Promise<Project> {
  const { project } = await makeEvaluationProject(makeTemporaryDir(t), {
    reward: { heldOutRaters: 0.5 },
    tune: { ...TUNE, ...tune },
  });
  t.after(() => project.close());
  // The model that evaluations compare is no run's, and is not to be replaced.
  rmSync(join(project.dir, 'models', 'tuned'), { recursive: true });
  await addReward(project);
  return project;
}

const runDirOf = (project: Project, runId: string) => join(project.runsDir, runId);

test('samples are measured by both heads at each drawing, and a resumed run records and decides the same', async (t) => {
  const [project, other] = [await open(t), await open(t)];
  const summary = await tuneModel(makeSession(project));
  const record = readWatch(runDirOf(project, summary.runId))!;
  assert.deepEqual(
    record.points.map(({ step, images }) => [step, images]),
    [0, 2, 4, 6].map((step) => [step, 6]),
  );
  assert.equal(record.proxyHash, summary.rewardHash);
  assert.equal(record.reference, 'pictures of 8 pre-training pairs');
  const { pick, ...verdict } = summary.watch!;
  assert.deepEqual({ pick, ...verdict }, (({ looks: _, ...rest }) => rest)(judgeWatch(record)));
  assert.ok(record.points.some(({ step }) => step > 0 && step === pick));
  assert.equal(summary.step, 6, 'without stopBy the last step is published');

  // The recorded means are those of the stored scores of the images that were drawn.
  const checkpoints = await listCheckpoints(project.db, summary.runId);
  const { modelHash } = checkpoints.find(({ step }) => step === 4)!;
  const images = await listImages(project.db, { purpose: 'sample', modelHash });
  for (const [hash, name] of [
    [record.proxyHash, 'proxy'],
    [record.heldOutHash, 'heldOut'],
  ] as const) {
    const scores = await readRewards(project.db, hash);
    const sum = images.reduce((total, { id }) => total + scores.get(id)!, 0);
    const values = record.points[2]![name];
    assert.ok(
      Math.abs(values.reduce((total, value) => total + value, 0) / values.length - sum / images.length) < 1e-6,
      name,
    );
  }
  for (const { distance, diversity, proxy, heldOut } of record.points) {
    assert.equal(distance!.without.length, 3);
    assert.ok(diversity! >= 0 && Number.isFinite(distance!.value));
    assert.notDeepEqual(proxy, heldOut);
  }

  const controller = new AbortController();
  const session = makeSession(other, controller.signal);
  const progress = {
    ...session.progress,
    tick: (step: number, figures?: object) =>
      void (step === 3 && figures && 'grad_norm' in figures && controller.abort()),
  };
  await assert.rejects(tuneModel({ ...session, progress }), { code: 'INTERRUPTED' });
  const resumed = await tuneModel(makeSession(other));
  assert.equal(resumed.modelHash, summary.modelHash);
  assert.deepEqual(resumed.watch, summary.watch);
  const bytes = (of: Project, { runId }: { runId: string }) =>
    readFileSync(join(runDirOf(of, runId), 'watch.json'), 'utf8');
  assert.equal(bytes(other, resumed), bytes(project, summary));
});

test('the held-out reward stops tuning and its pick is published; it never steers', async (t) => {
  const project = await open(t, {
    stopBy: 'held-out',
    stopPatience: 2,
    learningRate: 0.1,
    maxTrainSteps: 20,
    checkpointsTotalLimit: 1,
  });
  const summary = await tuneModel(makeSession(project));
  const { pick, stopAt, firstAlarm } = summary.watch!;
  const runDir = runDirOf(project, summary.runId);
  assert.ok(stopAt !== null && stopAt < 20, 'a rate that ruins the model rings the alarm before the end');
  assert.ok(firstAlarm!.step < stopAt && pick! < stopAt, 'the alarm rings twice, and the best was before');
  assert.equal(readWatch(runDir)!.points.at(-1)!.step, stopAt);
  assert.equal(summary.step, pick);
  const weights = 'unet/diffusion_pytorch_model.safetensors';
  const published = readFileSync(join(summary.model, weights));
  assert.ok(published.equals(readFileSync(join(runDir, `checkpoint-${pick}`, weights))));
  assert.ok(readdirSync(runDir).includes(`checkpoint-${pick}`), 'the pick is kept beyond the limit of checkpoints');
  assert.equal(
    (await listCheckpoints(project.db, summary.runId)).find(({ step }) => step === pick)!.modelHash,
    summary.modelHash,
  );
  assert.deepEqual(await tuneModel(makeSession(project)), { ...summary, alreadyDone: true });

  const { heldOutHash } = readWatch(runDir)!;
  await assert.rejects(tuneModel(makeSession(project), { rewardHash: heldOutHash, name: 'x' }), {
    code: 'USAGE',
    message: /never steers/,
  });
  assert.notEqual((await findLatestRewardModel(project.db))!.hash, heldOutHash);
  const blind = { settings: { samplePrompts: 0 }, name: 'x' };
  await assert.rejects(tuneModel(makeSession(project), blind), { code: 'CONFIG', message: /none are drawn/ });
});

test('distances leave groups of prompts out, and tell nothing of a single image', () => {
  const unit = (...values: number[]) => Float32Array.of(...values);
  const reference = [unit(1, 0), unit(0, 1)];
  assert.equal(distanceTo([[unit(1, 0)]], reference), null);
  const two = distanceTo([[unit(1, 0)], [unit(0, 1)]], reference)!;
  // Own and reference pairs both have |a − b|² = 2; across, 0 and 2 twice: 1000·(2k − (1 + k)), k = exp(−2/200).
  assert.ok(Math.abs(two.value - 1000 * (Math.exp(-0.01) - 1)) < 1e-9);
  assert.deepEqual(two.without, [], 'one image is left of each group');
});
