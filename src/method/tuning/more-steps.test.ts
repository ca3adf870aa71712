import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { ConfigPatch } from '../../project/config/config.ts';
import { readModelLineage } from '../../project/learning/lineage.ts';
import { insertRewards } from '../../project/learning/rewards.ts';
import { listRuns } from '../../project/learning/runs.ts';
import type { Project } from '../../project/project.ts';
import { makeTemporaryDir } from '../../project/testing.ts';
import { createProgress } from '../../util/progress.ts';
import { openWorld } from '../../world/worlds/worlds.ts';
import { readMetrics } from './metrics.ts';
import { makeTuningProject, TEST_REWARD } from './testing.ts';
import { tuneModel } from './tune.ts';

const QUICK = { maxTrainSteps: 4, checkpointingSteps: 0, samplesEvery: 0 };

async function open(t: TestContext, tune: ConfigPatch['tune'] = {}): Promise<Project> {
  const project = await makeTuningProject(makeTemporaryDir(t), { tune: { ...QUICK, ...tune } });
  t.after(() => project.close());
  return project;
}

function sessionOf(project: Project, signal = new AbortController().signal, onTick = (_done: number) => {}) {
  const lines: string[] = [];
  const stream = { write: (text: string) => lines.push(text) } as unknown as NodeJS.WritableStream;
  const progress = { ...createProgress({ stream }), tick: onTick };
  return { project, world: openWorld(project.config), progress, signal, lines };
}

const steps = (project: Project, runId: string) =>
  readMetrics(join(project.runsDir, runId, 'metrics.jsonl')).map(({ step }) => step);

test('more steps of a finished run make the model of a straight run of as many, and it is told what went on', async (t) => {
  const [project, straight] = [await open(t), await open(t)];
  const first = await tuneModel(sessionOf(project));
  // Half of the further steps, then a stop; the same command again ends it.
  const stop = new AbortController();
  const stopping = sessionOf(project, stop.signal, (done) => void (done >= 5 && stop.abort()));
  await assert.rejects(tuneModel(stopping, { moreSteps: 3 }), { code: 'INTERRUPTED' });
  assert.match(
    stopping.lines.join(''),
    /goes on with tune-.* from step 4 to 7, .* the learning rate stays at 0\.0001,/,
  );
  const more = await tuneModel(sessionOf(project), { moreSteps: 3 });
  const long = await tuneModel(sessionOf(straight), { settings: { maxTrainSteps: 7 } });
  assert.equal(more.modelHash, long.modelHash);
  assert.notEqual(more.modelHash, first.modelHash);
  assert.deepEqual(steps(project, more.runId), [1, 2, 3, 4, 5, 6, 7]);
  assert.deepEqual([more.step, more.plan.steps, more.dataHash], [7, 7, first.dataHash]);

  const continues = { runId: first.runId, step: 4 };
  assert.deepEqual(more.continues, continues);
  const [checkpoint] = (await readModelLineage(project.db, more.modelHash))!.checkpoints;
  assert.deepEqual(checkpoint!.config.continues, continues);
  const card = readFileSync(join(more.model, 'README.md'), 'utf8');
  assert.ok(card.includes(`| goes on with | ${first.runId}, from step 4 |`));
  assert.deepEqual(steps(project, first.runId), [1, 2, 3, 4], 'the first run stays as it was');
  assert.equal((await listRuns(project.db, { stage: 'tune' })).length, 2);

  const further = await tuneModel(sessionOf(project), { moreSteps: 1 });
  assert.deepEqual([further.step, further.continues], [8, { runId: more.runId, step: 7 }]);
});

test('a cosine goes on along the longer one, and this is told', async (t) => {
  const project = await open(t, { lrScheduler: 'cosine', warmupSteps: 0 });
  await tuneModel(sessionOf(project));
  const session = sessionOf(project);
  await tuneModel(session, { moreSteps: 4 });
  assert.match(
    session.lines.join(''),
    /had fallen to 0\.00, goes on at .* along the cosine of 8 steps, so that the model is not/,
  );
});

test('its own settings go on, whatever the project says by then; without a run, or with other data, it is refused', async (t) => {
  const project = await open(t);
  await assert.rejects(tuneModel(sessionOf(project), { moreSteps: 1 }), {
    code: 'MISSING_STAGE',
    message: /no finished run of the name tuned/,
  });
  const first = await tuneModel(sessionOf(project), { settings: { beta: 0 }, seed: 9 });
  const more = await tuneModel(sessionOf(project), { moreSteps: 1 });
  const run = (await listRuns(project.db, { stage: 'tune' })).find(({ id }) => id === more.runId)!;
  assert.deepEqual([(run.config.tune as { beta: number }).beta, run.config.seed], [0, 9]);
  assert.equal(more.continues!.runId, first.runId);
  const resumed = tuneModel(sessionOf(project), { moreSteps: 1, resumeFrom: 'none' });
  await assert.rejects(resumed, { code: 'USAGE', message: /--resume-from-checkpoint names none/ });

  await project.db.deleteFrom('rewards').execute();
  const images = await project.db.selectFrom('images').select('id').where('purpose', '=', 'feedback').execute();
  await insertRewards(
    project.db,
    TEST_REWARD,
    images.map(({ id }) => ({ imageId: id, score: 0.25 })),
  );
  await assert.rejects(tuneModel(sessionOf(project), { moreSteps: 1 }), {
    code: 'MISMATCH',
    message: /the images, their weights or the pre-training pairs changed/,
  });
});
