import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { generateImages } from '../method/feedback/generate.ts';
import { makeTinyProject, quietProgress } from '../method/feedback/testing.ts';
import { embedImages } from '../method/reward/embeddings.ts';
import { openProjectClip } from '../method/reward/score-images.ts';
import { openDatabase, readSchema } from '../project/database/database.ts';
import { listImages } from '../project/images/images.ts';
import type { Project } from '../project/project.ts';
import { makePostgresSchema, makeTemporaryDir, skipPostgres } from '../project/testing.ts';
import type { WorkItem } from '../project/work/kinds.ts';
import { openWorkQueue } from '../project/work/queue.ts';
import { listWorkers } from '../project/work/workers.ts';
import type { CollimateError } from '../util/errors.ts';
import { HANDLERS } from './handlers.ts';
import { makeSharedProject, startTestWorker } from './testing.ts';

const skip = skipPostgres;

/** Each picture's identifier with the bytes of its file. */
async function readPictures(project: Project): Promise<Map<string, string>> {
  const rows = await listImages(project.db);
  return new Map(
    await Promise.all(
      rows.map(async ({ id, hash }) => [id, (await project.images.getBlob(hash)).toString('hex')] as const),
    ),
  );
}

test('two workers make the pictures and embeddings of one process, byte for byte; what is there is not made again', {
  skip,
}, async (t) => {
  const alone = (await makeTinyProject(makeTemporaryDir(t))).project;
  t.after(() => alone.close());
  const own = { project: alone, world: null, progress: quietProgress(), signal: new AbortController().signal };
  await generateImages(own);
  const expected = await readPictures(alone);

  const { project, session, notes } = await makeSharedProject(t);
  const workers = await Promise.all([1, 2].map(() => startTestWorker(t, project)));
  const ticks: number[] = [];
  const progress = { ...session.progress, tick: (done: number) => void ticks.push(done) };
  const summary = await generateImages({ ...session, progress });
  assert.deepEqual([summary.images, summary.drawn, ticks.at(-1)], [24, 24, 24]);
  assert.deepEqual(
    ticks,
    ticks.toSorted((a, b) => a - b),
  );
  assert.deepEqual(await readPictures(project), expected);
  assert.deepEqual(notes, []);

  const hashes = (await listImages(project.db)).map(({ hash }) => hash);
  const clips = await Promise.all([own, session].map((each) => openProjectClip(each)));
  const [here, there] = [await embedImages(own, clips[0]!, hashes), await embedImages(session, clips[1]!, hashes)];
  assert.deepEqual(there, here);
  await Promise.all(clips.map((clip) => clip.dispose()));

  const live = await listWorkers(project.db);
  assert.deepEqual(
    live.map(({ kinds, device }) => `${kinds} ${device}`),
    ['draw embed encode tune cell cpu', 'draw embed encode tune cell cpu'],
  );
  const done = (await Promise.all(workers.map((worker) => worker.stop()))).map((each) => each.done);
  assert.equal(done[0]! + done[1]!, 24 + new Set(hashes).size, 'none was made twice');
  // Each topic is told of once, however many times it was taken from within a minute.
  for (const worker of workers) {
    const told = worker.notes.filter((note) => note.startsWith('At '));
    assert.equal(new Set(told.map((note) => note.split(';')[0])).size, told.length, told.join('\n'));
    assert.match(told[0]!, /^At draw-1-[0-9a-f]{16}; 0 items made so far\.$/);
    for (const note of told.slice(1))
      assert.match(note, /^At embed-1-[0-9a-f]{16}; \d+ items made so far, [\d,.]+ a minute\.$/);
  }
  assert.deepEqual(await listWorkers(project.db), [], 'who drained is gone');
  assert.equal((await generateImages(session)).drawn, 0);
});

test('an item is one whoever adds it; what failed and is retried waits again', {
  skip,
}, async (t) => {
  const { project } = await makeSharedProject(t);
  const { database } = project.config;
  const [one, other] = [await openWorkQueue(project.db, database), await openWorkQueue(project.db, database)];
  t.after(() => Promise.all([one.close(), other.close()]));
  const topic = { kind: 'draw', files: 'f'.repeat(64) } as const;
  const options = { attempts: 1, heartbeat: 10 };
  const item = (key: string) => ({ key, data: { key } });
  const added = await Promise.all([
    one.add(topic, [item('a'), item('b'), item('a')], options),
    other.add(topic, [item('a'), item('b')], options),
  ]);
  assert.equal(added[0]! + added[1]!, 2);
  const name = (await one.listWaiting())[0]!;
  const taken = await one.take(name, 5);
  assert.deepEqual(taken.map(({ key }) => key).sort(), ['a', 'b']);
  assert.deepEqual([await other.take(name, 5), await other.add(topic, [item('a')], options)], [[], 0]);
  // What is given back is as if it had not been taken; what is another's by now stays so.
  await one.giveBack(taken);
  const retaken = await other.take(name, 5);
  assert.deepEqual(retaken.map(({ key, retryCount }) => `${key} ${retryCount}`).sort(), ['a 0', 'b 0']);
  await one.giveBack(taken.map((own) => ({ ...own, retryCount: 1 })));
  assert.deepEqual(await one.take(name, 5), []);
  const [again, rest] = retaken;
  await one.complete([rest!]);
  await other.fail([again!], { message: 'no', worker: 'w' });
  await one.complete([again!]); // too late: it failed before
  await one.giveBack([again!, rest!]);
  assert.deepEqual(await one.take(name, 5), []);
  const [failed] = await one.listFailed();
  assert.deepEqual([failed!.key, failed!.error, failed!.worker, failed!.attempts], [again!.key, 'no', 'w', 1]);
  assert.equal(await one.retryFailed([failed!.id]), 1);
  assert.deepEqual([await one.listFailed(), (await one.listLive(topic)).has(again!.key)], [[], true]);
  assert.deepEqual(await one.count(), [{ topic: name, waiting: 1, working: 0 }]);
  assert.equal(await one.cancel(topic, new Set(['a', 'b'])), 1);
  assert.deepEqual(await one.listWaiting(), []);

  // A stage that asks again for what failed has it tried anew: it no longer counts as failed.
  await one.add(topic, [item('a'), item('b')], options);
  await one.fail(await one.take(name, 5), { message: 'no', worker: 'w' });
  assert.equal((await one.listFailed()).length, 2);
  assert.deepEqual((await one.listFailed(1)).length, 1);
  assert.equal(await one.add(topic, [item('a')], options), 1);
  assert.deepEqual(
    (await one.listFailed()).map(({ key }) => key),
    ['b'],
  );
  assert.equal(await one.dropFailed(), 1);

  // One that fails as soon as it is there still counts, though it is asked for at that moment.
  const jobs = `${await readSchema(project.db)}_work.job`;
  const failAtOnce = sql.raw(`create function ${jobs}_fail() returns trigger language plpgsql as $$ begin
    insert into ${jobs} (name, data, source_name, singleton_key) values ('dead', '{}', new.name, new.singleton_key);
    return null;
  end $$`);
  await sql`${failAtOnce}`.execute(project.db);
  await sql`${sql.raw(`create trigger fail after insert on ${jobs} for each row when (new.name <> 'dead')
    execute function ${jobs}_fail()`)}`.execute(project.db);
  await one.add(topic, [item('at once')], options);
  assert.deepEqual(
    (await one.listFailed()).map(({ key }) => key),
    ['at once'],
  );
});

test('a poisoned item fails for good and by itself; the rest is made, and the stage says what is missing', {
  skip,
}, async (t) => {
  const { project, session } = await makeSharedProject(t, { workers: { attempts: 1 } });
  const worker = await startTestWorker(t, project);
  const poisoned: { key?: string } = {};
  let asked: readonly WorkItem[] = [];
  const crew = {
    ...session.crew!,
    make: (order: Parameters<NonNullable<typeof session.crew>['make']>[0], rest: typeof session) => {
      asked = order.items;
      const [first, ...others] = order.items;
      poisoned.key = first!.key;
      const bad = {
        key: first!.key,
        data: { ...first!.data, recipe: { ...(first!.data as { recipe: object }).recipe, promptId: 'nobody' } },
      };
      return session.crew!.make({ ...order, items: [bad, ...others] }, rest);
    },
  };
  await assert.rejects(generateImages({ ...session, crew }), (error: CollimateError) => {
    assert.equal(error.code, 'WORK');
    assert.match(error.hint, /collimate work --retry all/);
    return /1 item of draw-1-\w+ failed for good, after 1 try; the first: .*foreign key/.test(error.message);
  });
  assert.equal((await listImages(project.db)).length, 23);
  assert.match(worker.notes.join('\n'), /4 items failed together .* each is tried by itself/);
  const queue = await openWorkQueue(project.db, project.config.database);
  t.after(() => queue.close());
  const failed = await queue.listFailed();
  assert.deepEqual(
    failed.map(({ key }) => key),
    [poisoned.key],
  );
  await queue.dropFailed(failed.map(({ id }) => id));
  assert.equal((await generateImages(session)).drawn, 1, 'asked for anew, without the poison');
  assert.equal((await worker.stop()).failed, 1);

  // Who can make nothing lets others try first.
  const items = Array.from({ length: 4 }, (_, i) => ({ key: `strange ${i}`, data: {} }));
  await queue.add({ kind: 'draw', files: 'f'.repeat(64) }, items, { attempts: 1, heartbeat: 10 });
  const useless = await startTestWorker(t, project, { batchSize: 1 });
  while (!useless.notes.some((note) => note.includes('could be made here'))) await sleep(20);
  assert.equal(
    useless.notes.at(-1),
    'Nothing of the last 3 rounds could be made here: other workers get 2.0s to try first.',
  );
  assert.deepEqual(await useless.stop().then(({ done, failed: bad }) => [done, bad]), [0, 3]);

  // Two with the same items, as where one of them was thought dead: each picture is there once.
  const before = await readPictures(project);
  const rows = (await listImages(project.db)).slice(0, 4);
  await project.db.deleteFrom('queueItems').execute();
  for (const { id, hash } of rows) {
    await project.db.deleteFrom('images').where('id', '=', id).execute();
    await project.images.removeBlob(hash);
  }
  const bench = { ...project, objects: project.objects!, modelsDir: join(worker.dir, 'models'), note() {} };
  const { open } = await HANDLERS.draw.load();
  const both = [1, 2].map(async () => {
    const handler = await open(
      { ...bench, engine: { provider: 'cpu', threads: 1 }, memory: 2 ** 40, openWorld: async () => null },
      asked[0]!,
    );
    await handler.make(asked);
    await handler.dispose();
  });
  await Promise.all(both);
  assert.deepEqual(await readPictures(project), before);
});

test('a user who owns the two schemas and nothing else has a queue; without the second one it says what to have made', {
  skip,
}, async (t) => {
  const url = new URL(await makePostgresSchema(t));
  const db = await openDatabase(url.href);
  const [schema, role] = [await readSchema(db), `role_${randomBytes(4).toString('hex')}`];
  const run = (...statements: string[]) => sql.raw(statements.join(';')).execute(db);
  await run(`create role ${role}`, `alter schema ${schema} owner to ${role}`);
  t.after(async () => {
    await run(`drop schema if exists ${schema}_work cascade`, `drop owned by ${role} cascade`, `drop role ${role}`);
    await run(`create schema if not exists ${schema}`);
    await db.destroy();
  });
  await run(`drop schema ${schema} cascade`, `create schema ${schema} authorization ${role}`);
  url.searchParams.set('options', `${url.searchParams.get('options')} -c role=${role}`);
  const own = await openDatabase(url.href);
  try {
    await assert.rejects(openWorkQueue(own, url.href), {
      code: 'STORAGE',
      hint: /create schema \w+_work authorization/,
    });
    await run(`create schema ${schema}_work`);
    await assert.rejects(openWorkQueue(own, url.href), { code: 'STORAGE', hint: /alter schema \w+_work owner to/ });
    await run(`alter schema ${schema}_work owner to ${role}`);
    const queue = await openWorkQueue(own, url.href);
    const topic = { kind: 'draw', files: 'f'.repeat(64) } as const;
    assert.equal(await queue.add(topic, [{ key: 'a', data: {} }], { attempts: 1, heartbeat: 10 }), 1);
    assert.equal((await queue.take((await queue.listWaiting())[0]!, 1)).length, 1);
    await queue.close();
  } finally {
    await own.destroy();
  }
});
