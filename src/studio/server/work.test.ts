import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KyselyPlugin } from 'kysely';
import { makeBucket } from '../../project/objects/testing.ts';
import { finishJob, insertJob } from '../../project/people/jobs.ts';
import { makePostgresSchema, skipPostgres } from '../../project/testing.ts';
import { openWorkQueue } from '../../project/work/queue.ts';
import { putWorker } from '../../project/work/workers.ts';
import { createJobs } from './jobs/jobs.ts';
import { openTestStudio, refused } from './testing.ts';

test('workers, what waits and what failed for good are shown; admins try it again or give it up', {
  skip: skipPostgres,
}, async (t) => {
  const { address: objects } = await makeBucket(t);
  const patch = { database: await makePostgresSchema(t), objects };
  const { owner, invite, project } = await openTestStudio(t, { images: 1, patch });
  const viewer = await invite('viewer');
  const nothing = { shared: true, workers: [], topics: [], failed: [], failedCount: 0 };
  assert.deepEqual(await viewer.call('getWork'), nothing);

  const report = {
    id: 'w1',
    name: 'host-7',
    host: 'host',
    pid: 7,
    kinds: 'draw',
    device: 'cpu',
    memoryMib: 1,
    warm: '',
  };
  await putWorker(project.db, {
    ...report,
    state: 'working',
    doing: 'draw-1-ff × 4',
    done: 12,
    failed: 1,
    perMinute: 3.5,
  });
  const queue = await openWorkQueue(project.db, project.config.database);
  t.after(() => queue.close());
  const topic = { kind: 'draw', files: 'f'.repeat(64) } as const;
  await queue.add(
    topic,
    ['a', 'b', 'c'].map((key) => ({ key, data: {} })),
    { attempts: 1, heartbeat: 10 },
  );
  const name = `draw-1-${'f'.repeat(16)}`;
  const taken = await queue.take(name, 2);
  await queue.fail(taken, { message: 'no such prompt', worker: 'host-7' });

  const seen = await viewer.call('getWork');
  assert.deepEqual(
    seen.workers.map(({ doing, perMinute, done }) => [doing, perMinute, done]),
    [['draw-1-ff × 4', 3.5, 12]],
  );
  assert.deepEqual(seen.topics, [{ topic: name, waiting: 1, working: 0 }]);
  assert.deepEqual(
    seen.failed.map(({ error, attempts, worker, topic: of }) => [error, attempts, worker, of]),
    [1, 2].map(() => ['no such prompt', 1, 'host-7', name]),
  );
  const ids = seen.failed.map(({ id }) => id);
  await refused(viewer.call('retryWork', { body: {} }), 403);
  assert.deepEqual(await owner.call('retryWork', { body: { ids: [ids[0]!] } }), { retried: 1 });
  await owner.call('dropWork', { body: { ids: [ids[1]!] } });
  const after = await viewer.call('getWork');
  assert.deepEqual([after.topics, after.failedCount], [[{ topic: name, waiting: 2, working: 0 }], 0]);
  const audit = await owner.call('listAudit', { query: {} as never });
  assert.ok(JSON.stringify(audit).includes('work.retry'));

  // Of many that failed the latest are listed, and how many there are is said.
  const many = Array.from({ length: 104 }, (_, i) => ({ key: `many ${i}`, data: {} }));
  await queue.add(topic, many, { attempts: 1, heartbeat: 10 });
  await queue.cancel(topic, new Set(['c', ...ids]));
  await queue.fail(await queue.take(name, 200), { message: 'no', worker: 'w' });
  const full = await viewer.call('getWork');
  assert.equal(full.failed.length, 100);
  assert.ok(full.failedCount >= 104);

  // A job that failed by them says what there is to do as they are now.
  const job = { kind: 'generate', options: {}, command: 'collimate generate', host: 'h', startedBy: 'Olga' } as const;
  const { id } = await insertJob(project.db, job);
  await finishJob(project.db, id, 'failed', { message: '104 items failed', hint: 'as it was then', topic: name });
  const hint = async () => (await viewer.call('getJob', { params: { id } })).job.error!.hint;
  assert.match(
    await hint(),
    new RegExp(`^${full.failedCount} items still count as failed: .*then start this stage again`),
  );
  assert.deepEqual(await owner.call('retryWork', { body: {} }), { retried: full.failedCount });
  assert.match(await hint(), /^\d+ items of this stage wait or are being worked on: start this stage again/);
  await queue.fail(await queue.take(name, 200), { message: 'no', worker: 'w' });
  await refused(owner.call('dropWork', { body: {} as never }), 400);
  assert.deepEqual(await owner.call('dropWork', { body: { all: true } }), { dropped: full.failedCount });
  assert.match(await hint(), /^Nothing of it counts as failed any more: .* Start this stage again/);

  // Of a list of them, what the queue holds is read once, and not at all where none of them failed so.
  let reads = 0;
  const counting: KyselyPlugin = {
    transformQuery({ node }) {
      if (JSON.stringify(node).includes('coalesce(source_name, name)')) reads++;
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  const jobs = createJobs({ ...project, db: project.db.withPlugin(counting) }, {});
  for (const kind of ['tune', 'evaluate'] as const) {
    const other = await insertJob(project.db, { ...job, kind });
    await finishJob(project.db, other.id, 'failed', { message: 'items failed', hint: 'as it was then', topic: name });
  }
  const hints = (await jobs.list(10)).map(({ error }) => error!.hint);
  assert.equal(hints.length, 3);
  for (const each of hints) assert.match(each, /^Nothing of it counts as failed any more/);
  assert.equal(reads, 1);
  await project.db.deleteFrom('jobs').execute();
  await insertJob(project.db, { ...job, kind: 'report' });
  assert.deepEqual([(await jobs.list(10)).length, reads], [1, 1]);
});

test('a project that no other machine reaches has no work to show, and none to retry', async (t) => {
  const { owner } = await openTestStudio(t, { images: 1 });
  assert.equal((await owner.call('getWork')).shared, false);
  const error = await refused(owner.call('retryWork', { body: {} }), 400);
  assert.match(error.message, /expected a database and objects that other machines see/);
});
