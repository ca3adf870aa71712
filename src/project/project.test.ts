import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { decodePng, encodePng } from '../pictures/image.ts';
import { CollimateError } from '../util/errors.ts';
import { type Lock, readHolder } from './database/lock.ts';
import { listAskedRuns, listRuns, withRun } from './learning/runs.ts';
import { createProject, openProject, type Project } from './project.ts';
import { insertRatings } from './rating/ratings.ts';
import { fillStore, makeTemporaryDir, openTestDatabase, testProjects } from './testing.ts';

test('a project is made once, found from below, and opened with flags', async (t) => {
  const dir = join(makeTemporaryDir(t), 'dogs');
  const made = await createProject(dir, { seed: 9 });
  const hash = await made.images.putBlob(await encodePng(Uint8Array.of(1, 2, 3)));
  await made.close();
  assert.deepEqual(
    readdirSync(dir)
      .filter((name) => !/-(shm|wal)$/.test(name))
      .sort(),
    ['collimate.db', 'collimate.yaml', 'images', 'runs', 'weights'],
  );
  await assert.rejects(
    createProject(dir),
    (error: CollimateError) => error.code === 'USAGE' && /is a project already/.test(error.message),
  );

  mkdirSync(join(dir, 'runs/deep'), { recursive: true });
  const project = await openProject(join(dir, 'runs/deep'), { flags: [{ path: 'seed', flag: '--seed', text: '4' }] });
  t.after(() => project.close());
  assert.equal(project.dir, dir);
  assert.equal(project.config.seed, 4);
  assert.deepEqual((await decodePng(await project.images.getBlob(hash))).rgb, Uint8Array.of(1, 2, 3));
  await assert.rejects(
    openProject('/'),
    (error: CollimateError) => error.code === 'USAGE' && /no collimate\.yaml/.test(error.message),
  );
});

test('a project that lost its database does not begin anew, empty', async (t) => {
  const dir = makeTemporaryDir(t);
  const project = await createProject(dir);
  await project.images.putBlob(await encodePng(Uint8Array.of(1, 2, 3)));
  await project.close();
  for (const name of readdirSync(dir).filter((file) => file.startsWith('collimate.db'))) rmSync(join(dir, name));
  await assert.rejects(openProject(dir), {
    code: 'STORAGE',
    message: /images hold files, and collimate\.db, .* is not there/,
  });
  writeFileSync(join(dir, 'collimate.db'), '');
  await assert.rejects(openProject(dir), { code: 'STORAGE', message: /is not there, or empty/ });
  rmSync(join(dir, 'images'), { recursive: true });
  await (await openProject(dir)).close();
});

const HOLDER = `
  import { openProject } from ${JSON.stringify(new URL('./project.ts', import.meta.url).href)};
  const project = await openProject(process.argv[1]);
  await project.lock('tune');
  process.stdout.write('locked');
  setInterval(() => {}, 1000);`;

testProjects('a second process gets LOCKED and may rate; a killed holder is taken over', async (t, patch) => {
  const dir = makeTemporaryDir(t);
  const project = await createProject(dir, patch);
  t.after(() => project.close());
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', HOLDER, dir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  await new Promise((resolve) => child.stdout.once('data', resolve));

  await assert.rejects(project.lock('generate'), (error: CollimateError) => {
    assert.equal(error.code, 'LOCKED');
    assert.match(error.message, new RegExp(`^process ${child.pid} runs \`tune\` on this project since 20`));
    assert.match(error.hint, new RegExp(`kill -INT ${child.pid}`));
    return true;
  });
  const [imageId] = await fillStore(project.db, 1);
  const rating = {
    imageId: imageId!,
    raterId: 'ann',
    answer: 'good' as const,
    ratedAt: '',
    milliseconds: 1,
    guidelineVersion: 1,
  };
  assert.equal(await insertRatings(project.db, [rating]), 1);
  assert.deepEqual(
    (await project.holders()).map(({ pid }) => pid),
    [child.pid],
  );

  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('close', resolve));
  const lock = await takeLock(project, 'generate');
  assert.equal(lock.takenOverFrom?.pid, child.pid);
  assert.deepEqual(
    (await project.holders()).map(({ pid }) => pid),
    [process.pid],
  );
  await assert.rejects(project.lock('generate'), /runs `generate`/);
  await lock.release();
  assert.deepEqual(await project.holders(), []);
  const next = await project.lock('tune');
  assert.equal(next.takenOverFrom, undefined);
  await next.release();
});

/** A server finds out a moment later that a process is gone. */
async function takeLock(project: Project, stage: string): Promise<Lock> {
  for (let tries = 0; ; tries++) {
    try {
      return await project.lock(stage);
    } catch (error) {
      if (tries === 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

testProjects(
  'stages with settings go on beside each other; the same twice, and one that needs the project alone, do not',
  async (t, patch) => {
    const dir = makeTemporaryDir(t);
    const project = await createProject(dir, patch);
    const other = await openProject(dir);
    t.after(() => Promise.all([project.close(), other.close()]));
    const isLocked = (by: string) => (error: CollimateError) =>
      error.code === 'LOCKED' && new RegExp(`runs .${by}.`).test(error.message);
    const tune = await project.lock('tune', { name: 'a' });
    const beside = [await other.lock('tune', { name: 'b' }), await other.lock('generate', {})];
    assert.deepEqual((await project.holders()).map(({ stage }) => stage).sort(), ['generate', 'tune', 'tune']);
    await assert.rejects(other.lock('tune', { name: 'a' }), isLocked('tune'));
    await assert.rejects(other.lock('remove'), isLocked('tune'));
    await tune.release();
    await (await other.lock('tune', { name: 'a' })).release();
    for (const lock of beside) await lock.release();
    const alone = await takeLock(other, 'remove');
    assert.equal(alone.takenOverFrom, undefined);
    await assert.rejects(project.lock('tune', { name: 'a' }), isLocked('remove'));
    await alone.release();
    assert.deepEqual(await project.holders(), []);
  },
);

test('a database that is not there, and an address that is none, are refused with advice and without the password', async (t) => {
  const dir = makeTemporaryDir(t);
  await assert.rejects(
    createProject(dir, { database: 'postgres://ann:secret@127.0.0.1:1/none' }),
    (error: CollimateError) =>
      error.code === 'UNAVAILABLE' &&
      /ann:…@127\.0\.0\.1:1\/none cannot be reached/.test(error.message) &&
      !/secret/.test(error.message),
  );
  await assert.rejects(
    openProject(dir, { env: { COLLIMATE_DATABASE: 'mysql://x' } }),
    (error: CollimateError) => error.code === 'CONFIG' && /expected text \(embedded, or postgres/.test(error.message),
  );
});

test('a lock of another machine, and one whose pid was given to another process', async (t) => {
  const dir = makeTemporaryDir(t);
  const project = await createProject(dir);
  t.after(() => project.close());
  const path = join(dir, 'collimate.lock');
  const lock = await project.lock('tune');
  const holder = readHolder(path)!;
  writeFileSync(path, JSON.stringify({ ...holder, host: 'elsewhere' }));
  await assert.rejects(
    project.lock('tune'),
    (error: CollimateError) => /on elsewhere/.test(error.message) && error.hint.includes(path),
  );
  // A number that another process took over is told by its start, which only /proc of Linux says; elsewhere there is nothing to test.
  if (holder.processStart === null) return t.skip('this system does not tell when a process started');
  writeFileSync(path, JSON.stringify({ ...holder, processStart: '1' }));
  assert.equal((await project.lock('tune')).takenOverFrom?.processStart, '1');
  await lock.release();
  assert.notEqual(readHolder(path), undefined, 'a lock that another took is not released');
});

test('a finished run that is asked for again stays as it was, and is the one that was asked for last', async (t) => {
  const store = { db: await openTestDatabase(t), config: {} };
  const ask = (beta: number, recall?: () => string | undefined) =>
    withRun(store, 'tune', { beta }, async ({ id }) => `worked ${id}`, recall);
  const first = (await ask(1)).slice(7);
  await sleep(5);
  await ask(2);
  const before = (await listRuns(store.db)).find(({ id }) => id === first)!;
  await sleep(5);
  assert.equal(await ask(1, () => 'recalled'), 'recalled');
  const { askedAt, ...same } = (await listRuns(store.db)).find(({ id }) => id === first)!;
  const { askedAt: askedBefore, ...known } = before;
  assert.deepEqual(same, known, 'status and both times stay');
  assert.ok(askedAt! > askedBefore!);
  assert.equal((await listAskedRuns(store.db, 'tune'))[0]!.id, first);
  assert.equal(await ask(1, () => undefined), `worked ${first}`, 'what is gone is made again');
});

test('withRun takes up the run of the same config, keeps the settings, and records how it ended', async (t) => {
  const db = await openTestDatabase(t);
  const store = { db, config: { seed: 3, database: 'postgres://ann:secret@host/db' } };
  const failing = withRun(store, 'tune', { beta: 1 }, async () => {
    throw new CollimateError('INTERRUPTED', 'stopped');
  });
  await assert.rejects(failing, /stopped/);
  const [interrupted] = await listRuns(db);
  assert.equal(interrupted!.status, 'interrupted');
  assert.deepEqual(interrupted!.settings, { seed: 3 }, 'the address of a database is not stored');
  const first = await withRun({ db, config: { seed: 4 } }, 'tune', { beta: 1 }, async (run) => run.id);
  assert.equal(first, interrupted!.id);
  assert.deepEqual((await listRuns(db))[0]!.settings, { seed: 4 });
  assert.notEqual(await withRun(store, 'tune', { beta: 2 }, async (run) => run.id), first);
});
