import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { sql } from 'kysely';
import { CollimateError } from '../../util/errors.ts';
import { openBlobStore } from '../images/blobs.ts';
import { putRater } from '../rating/raters.ts';
import { insertRatings, listRatings } from '../rating/ratings.ts';
import { fillStore, makeTemporaryDir, openTestDatabase, testDatabases } from '../testing.ts';
import { insertInChunks, inTransaction, openDatabase } from './database.ts';
import { prepareStatement } from './statements.ts';

test('openDatabase brings tables up to date once and leaves them alone afterwards', async (t) => {
  const path = join(makeTemporaryDir(t), 'a.db');
  const first = await openDatabase(path);
  await putRater(first, { id: 'ann', name: 'Ann', kind: 'human', settings: {} });
  await first.destroy();
  const second = await openDatabase(path);
  t.after(() => second.destroy());
  assert.equal((await second.selectFrom('raters').selectAll().execute()).length, 1);
  const { rows } = await sql<{ journalMode: string }>`pragma journal_mode`.execute(second);
  assert.deepEqual(rows, [{ journalMode: 'wal' }]);
});

test('openDatabase refuses a file of a newer version and a file that is no database', async (t) => {
  const dir = makeTemporaryDir(t);
  const db = await openDatabase(join(dir, 'a.db'));
  await sql`insert into kysely_migration values ('9999_later', '2030-01-01T00:00:00Z')`.execute(db);
  await db.destroy();
  await assert.rejects(
    openDatabase(join(dir, 'a.db')),
    (error: CollimateError) => error.code === 'STORAGE' && /another version/.test(error.message),
  );
  const lost = await openDatabase(join(dir, 'c.db'));
  await sql`drop table kysely_migration`.execute(lost);
  await lost.destroy();
  await assert.rejects(openDatabase(join(dir, 'c.db')), { code: 'STORAGE', hint: /Something else changed the tables/ });
  writeFileSync(join(dir, 'b.db'), 'not a database, only some words that go on for a while '.repeat(50));
  await assert.rejects(
    openDatabase(join(dir, 'b.db')),
    (error: CollimateError) => error.code === 'STORAGE' && /no SQLite file/.test(error.message),
  );
});

test('inTransaction stores all or nothing', async (t) => {
  const db = await openTestDatabase(t);
  const work = inTransaction(db, async (tx) => {
    await putRater(tx, { id: 'ann', name: 'Ann', kind: 'human', settings: {} });
    await inTransaction(tx, (inner) => putRater(inner, { id: 'bob', name: 'Bob', kind: 'human', settings: {} }));
    throw new Error('half-way');
  });
  await assert.rejects(work, /half-way/);
  assert.deepEqual(await db.selectFrom('raters').selectAll().execute(), []);
});

testDatabases('statements that are made once take other values, and lists of other lengths', async (_t, db) => {
  let made = 0;
  const find = prepareStatement((of, least: number, ids: readonly string[], names: readonly string[]) => {
    made++;
    return of
      .selectFrom('raters')
      .select(['id', 'createdAt'])
      .where('kind', '=', 'human')
      .where('excluded', '<', least)
      .where('id', 'in', ids)
      .where('name', 'in', names)
      .orderBy('id');
  });
  const row = (id: string) => ({
    id,
    name: `${id}!`,
    kind: 'human' as const,
    settings: '{}',
    excluded: 0,
    createdAt: 'now',
  });
  const rows = (tx: typeof db, some: ReturnType<typeof row>[]) => tx.insertInto('raters').values(some);
  for (const ids of ['ab', 'cd', 'e']) await insertInChunks(db, [...ids].map(row), rows);
  const idsOf = async (least: number, ids: string, names = 'abcde', of = db) =>
    (
      await find(
        of,
        least,
        [...ids],
        [...names].map((name) => `${name}!`),
      )
    )
      .map(({ id }) => id)
      .join('');
  assert.equal(await idsOf(1, 'abc'), 'abc');
  assert.equal(await idsOf(1, 'edx'), 'de');
  assert.equal(await idsOf(0, 'abc'), '', 'another number');
  assert.equal(await inTransaction(db, (tx) => idsOf(1, 'cdea', 'aceb', tx)), 'ace');
  assert.equal(made, 2, 'lists of five and of four names are two statements, and of three and four identifiers one');
  assert.deepEqual(await find(db, 1, ['a'], ['a!']), [{ id: 'a', createdAt: 'now' }], 'columns have their own names');
});

test('a value that the driver cannot bind is an error, not the end of the process', async (t) => {
  const db = await openTestDatabase(t);
  const bad = { version: 1, text: { not: 'text' } as unknown as string, createdAt: '' };
  await assert.rejects(db.insertInto('guidelines').values(bad).execute(), /SQL parameter 2 must be/);
});

const WRITER = `
  import { openDatabase } from ${JSON.stringify(new URL('./database.ts', import.meta.url).href)};
  import { insertRatings } from ${JSON.stringify(new URL('../rating/ratings.ts', import.meta.url).href)};
  const db = await openDatabase(process.argv[1]);
  const images = (await db.selectFrom('images').select('id').orderBy('id').execute()).map((row) => row.id);
  for (let i = 0; i < images.length; i += 5) {
    const ratings = images.slice(i, i + 5).map((imageId) => ({ imageId, raterId: 'ann', answer: 'good', ratedAt: '', milliseconds: 1, guidelineVersion: 1 }));
    await insertRatings(db, ratings);
    process.stdout.write('x');
  }`;

test('ratings committed before kill -9 are all there afterwards', async (t) => {
  const path = join(makeTemporaryDir(t), 'a.db');
  const db = await openDatabase(path);
  await fillStore(db, 20_000);
  await db.destroy();
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', WRITER, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let committed = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    committed += chunk.length;
    if (committed > 20) child.kill('SIGKILL');
  });
  const signal = await new Promise((resolve) => child.on('close', (_code, by) => resolve(by)));
  assert.equal(signal, 'SIGKILL');
  const after = await openDatabase(path);
  t.after(() => after.destroy());
  const ratings = await listRatings(after);
  assert.ok(ratings.length >= committed * 5, `${committed * 5} were reported as stored, ${ratings.length} are there`);
  assert.equal(ratings.length % 5, 0, 'a transaction is whole');
  const { rows } = await sql`pragma integrity_check`.execute(after);
  assert.deepEqual(rows, [{ integrityCheck: 'ok' }]);
});

test('a full disk is a DISK_FULL error and loses nothing that was stored', async (t) => {
  const dir = join(makeTemporaryDir(t), 'small');
  mkdirSync(dir);
  // Only a disk that is really full shows what a full disk does, and mounting a small one takes root.
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', dir]).status !== 0)
    return t.skip('a small disk can be mounted by root only');
  try {
    await fillSmallDisk(dir);
  } finally {
    spawnSync('umount', ['-l', dir]);
  }
});

async function fillSmallDisk(dir: string): Promise<void> {
  const db = await openDatabase(join(dir, 'a.db'));
  const images = await fillStore(db, 50);
  const rate = (imageId: string) => ({
    imageId,
    raterId: 'ann',
    answer: 'good' as const,
    ratedAt: '',
    milliseconds: 1,
    guidelineVersion: 1,
  });
  await insertRatings(db, images.slice(0, 20).map(rate));
  const isDiskFull = (error: CollimateError) => error instanceof CollimateError && error.code === 'DISK_FULL';

  const blobs = openBlobStore(join(dir, 'images'), '.safetensors');
  await assert.rejects(blobs.putBlob(Buffer.alloc(2 << 20)), isDiskFull);
  const kept = await blobs.putBlob(Buffer.from('small'));
  await assert.rejects(async () => {
    for (let i = 0; ; i++) await putRater(db, { id: `r${i}`, name: 'x'.repeat(20_000), kind: 'human', settings: {} });
  }, isDiskFull);

  assert.equal((await listRatings(db)).length, 20);
  assert.equal((await blobs.getBlob(kept)).toString(), 'small');
  await db.destroy();
}
