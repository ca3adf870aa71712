// The pages of the stages over a project that went through all of them: a reward, a tuned model, an evaluation.

import assert from 'node:assert/strict';
import { evaluate } from '../../judging/evaluation/evaluate.ts';
import { addReward, makeEvaluationProject, makeSession } from '../../judging/evaluation/testing.ts';
import { tuneModel } from '../../method/tuning/tune.ts';
import { makeTemporaryDir, testProjects } from '../../project/testing.ts';
import { openStudioOf, refused, type TestPerson } from './testing.ts';

const FEW_STEPS = {
  maxTrainSteps: 2,
  batchSize: 4,
  pretrainPairs: 8,
  checkpointingSteps: 1,
  samplesEvery: 1,
  samplePrompts: 2,
  warmupSteps: 1,
};

testProjects('reward, tuning and evaluation are shown as they were stored; jobs are followed', async (t, patch) => {
  const { project, judgeDir } = await makeEvaluationProject(makeTemporaryDir(t), { tune: FEW_STEPS, ...patch });
  const { owner, invite } = await openStudioOf(t, project);
  assert.equal((await owner.call('getReward')).reward, null);
  assert.equal((await owner.call('getTuning', { query: {} })).tuning, null);
  assert.equal((await owner.call('getEvaluation')).evaluation, null);

  await addReward(project);
  await tuneModel(makeSession(project), { name: 'second' });
  await evaluate(makeSession(project), { models: ['second'], judgeDir });

  const { reward, worst } = await owner.call('getReward');
  assert.equal(reward?.settings.maxSteps, 2);
  assert.ok(reward.curve.length > 0 && reward.groups.length > 0 && reward.reliability.length > 0);
  assert.equal(reward.headline?.set, 'unseen prompts, against the judge');
  assert.equal(reward.headline.category, 'all');
  const misses = worst.map(({ score, label }) => Math.abs(score - label));
  assert.ok(misses.length > 0);
  assert.deepEqual(
    misses,
    misses.toSorted((a, b) => b - a),
  );

  const { runs } = await owner.call('listTuningRuns');
  assert.deepEqual(
    runs.map(({ name, status }) => [name, status]),
    [['second', 'done']],
  );
  const { tuning } = await owner.call('getTuning', { query: { run: runs[0]!.id } });
  assert.equal(tuning?.runId, runs[0]!.id);
  assert.deepEqual(
    tuning.checkpoints.map(({ step }) => step),
    [1, 2],
  );
  assert.deepEqual(
    tuning.curve.map(({ step }) => step),
    [1, 2],
  );
  const [sample] = tuning.samples!.rows;
  for (const hash of sample!.hashes) assert.equal((await owner.request(`/api/files/${hash}`)).status, 200);

  const { evaluation } = await owner.call('getEvaluation');
  assert.deepEqual(
    evaluation?.contestants.map(({ name }) => name),
    ['base', 'second', 'best-of-3'],
  );
  assert.deepEqual(evaluation.settings.imagesPerPrompt, 2);
  const viewer = await invite('viewer');
  assert.deepEqual((await viewer.call('getEvaluation')).evaluation?.runId, evaluation.runId);
  const rater = await invite('rater');
  await refused(rater.call('getReward'), 403);

  await seeJobStart(owner);
});

/** Follows jobs while one is started, until the stream tells of it. */
async function seeJobStart(owner: TestPerson): Promise<void> {
  const leave = new AbortController();
  const { body, headers } = await owner.request('/api/jobs/events', { signal: leave.signal });
  assert.match(headers.get('content-type')!, /^text\/event-stream/);
  const events = readEvents(body!);
  assert.deepEqual((await events.next()).value, { jobs: [], holder: null });
  const { id } = await owner.call('startJob', { body: { kind: 'report' } });
  for await (const { jobs } of events) {
    assert.deepEqual([jobs.length, jobs[0]?.id], [1, id]);
    if (jobs[0]!.status === 'done') break;
  }
  leave.abort();
}

interface JobsEvent {
  jobs: { id: string; status: string }[];
  holder: object | null;
}

/** The data of each event named `jobs`. */
async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<JobsEvent> {
  let text = '';
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const data = /^event: jobs\ndata: (.*)$/m.exec(text.slice(0, end))?.[1];
      text = text.slice(end + 2);
      if (data) yield JSON.parse(data) as JobsEvent;
    }
  }
}
