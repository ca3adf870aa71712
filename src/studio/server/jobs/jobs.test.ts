import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { insertJob } from '../../../project/people/jobs.ts';
import { testProjects } from '../../../project/testing.ts';
import type { Job } from '../../contract/jobs.ts';
import { openTestStudio, refused, type TestPerson } from '../testing.ts';
import { makeArguments } from './arguments.ts';
import { createJobs } from './jobs.ts';

test('options become flags, and only those that the command has', () => {
  assert.deepEqual(makeArguments('tune', { maxTrainSteps: 5, beta: 0.2, seed: 3, name: 'x' }), [
    'tune',
    '--name=x',
    '--max-train-steps=5',
    '--beta=0.2',
    '--seed=3',
  ]);
  assert.deepEqual(makeArguments('label', {}), ['label', '--simulate']);
  assert.deepEqual(makeArguments('tune', { overwrite: true, name: 'true' }), ['tune', '--overwrite', '--name=true']);
  assert.deepEqual(makeArguments('generate', { mix: false }), ['generate']);
  assert.throws(() => makeArguments('tune', { imagesPerPrompt: 5 }), /has no option/);
  assert.throws(() => makeArguments('generate', { steps: -1 }), /--num-inference-steps/);
});

test('what belongs to the machine is no option of a job', () => {
  for (const [name, value] of Object.entries({
    database: 'postgres://u:p@127.0.0.1/x',
    model: '/etc',
    clip: '/etc',
    device: 'cuda',
    threads: 9,
    world: 'none',
    pretrainData: '/etc',
  }))
    for (const kind of ['generate', 'tune', 'report'] as const)
      assert.throws(() => makeArguments(kind, { [name]: value }), { code: 'USAGE' }, `${kind} ${name}`);
});

testProjects('no password of a database is shown, also where an earlier version stored one', async (t, patch) => {
  const { owner, invite, project } = await openTestStudio(t, { patch });
  const viewer = await invite('viewer');
  const database = 'postgres://ann:geheim@db.example.org/x';
  const { id } = await insertJob(project.db, {
    kind: 'report',
    options: {},
    command: 'collimate report',
    host: 'elsewhere',
    startedBy: 'Olga',
  });
  const left = { options: JSON.stringify({ database }), command: `collimate report --database=${database}` };
  const error = JSON.stringify({ message: `${database} cannot be reached`, hint: `see ${database}?password=geheim` });
  await project.db
    .updateTable('jobs')
    .set({ ...left, error, status: 'failed', finishedAt: '2026-01-01' })
    .execute();
  await project.db
    .insertInto('auditLog')
    .values({
      id: 'zzz',
      at: '2026-01-01',
      actorId: 'x',
      actorName: 'x',
      action: 'job.start',
      target: id,
      detail: JSON.stringify({ kind: 'report', options: { database } }),
    })
    .execute();
  mkdirSync(join(project.runsDir, 'jobs', id), { recursive: true });
  writeFileSync(join(project.runsDir, 'jobs', id, 'log.txt'), `connecting to "${database}"\n`);
  const seen = JSON.stringify([
    await viewer.call('listJobs', { query: {} }),
    await viewer.call('getJob', { params: { id } }),
    await owner.call('listAudit', { query: {} }),
    await viewer.call('getSettings'),
  ]);
  assert.match(seen, /postgres:\/\/ann:…@db\.example\.org/);
  assert.ok(!seen.includes('geheim'));
  const wrong = { body: { changes: { database: 'postgress://ann:geheim@x/y' } } };
  assert.ok(!(await refused(owner.call('patchSettings', wrong), 400)).message.includes('geheim'));
});

async function waitFor(owner: TestPerson, id: string, good: (job: Job) => boolean): Promise<Job> {
  for (let i = 0; i < 600; i++) {
    const { job } = await owner.call('getJob', { params: { id } });
    if (good(job)) return job;
    await sleep(100);
  }
  throw new Error('the job did not come so far within a minute');
}

testProjects(
  'a job runs in a process of its own, tells how far it is, and is found by the next server',
  async (t, patch) => {
    const { owner, project } = await openTestStudio(t, { patch, images: 3 });
    const job = await owner.call('startJob', { body: { kind: 'report' } });
    assert.equal(job.command, 'collimate report');
    // Another server over the same project, as after a restart.
    const next = createJobs(project, {});
    assert.equal((await next.find(job.id))?.id, job.id);
    await refused(owner.call('startJob', { body: { kind: 'report' } }), 409);
    const ended = await waitFor(owner, job.id, ({ finishedAt }) => finishedAt !== null);
    assert.equal(ended.status, 'done', JSON.stringify(ended.error));
    assert.equal((await next.list(1))[0]?.status, 'done');
  },
);

testProjects('a job that is cancelled stops and is settled; one that fails says why', async (t, patch) => {
  const { owner } = await openTestStudio(t, { patch, images: 3 });
  const failing = await owner.call('startJob', { body: { kind: 'tune' } });
  const failed = await waitFor(owner, failing.id, ({ finishedAt }) => finishedAt !== null);
  assert.equal(failed.status, 'failed');
  assert.ok(failed.error && failed.error.message.length > 8 && failed.error.hint.length > 8);
  const { log } = await owner.call('getJob', { params: { id: failing.id } });
  assert.ok(log.includes(failed.error.message));

  const options = { imagesPerPrompt: 200, steps: 50 };
  const long = await owner.call('startJob', { body: { kind: 'generate', options } });
  const running = await waitFor(owner, long.id, ({ progress }) => progress !== null);
  assert.equal(running.progress?.stage, 'generate');
  await owner.call('cancelJob', { params: { id: long.id } });
  const stopped = await waitFor(owner, long.id, ({ finishedAt }) => finishedAt !== null);
  assert.equal(stopped.status, 'interrupted');
  await refused(owner.call('cancelJob', { params: { id: long.id } }), 400);
});
