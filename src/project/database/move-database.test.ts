import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { sql } from 'kysely';
import { readEmbeddings } from '../images/embeddings.ts';
import { putModel } from '../images/models.ts';
import { insertRewards, putRewardModel } from '../learning/rewards.ts';
import { withRun } from '../learning/runs.ts';
import { putGoldAnswer } from '../rating/gold.ts';
import { insertRatings } from '../rating/ratings.ts';
import { fillStore, makePostgresSchema, makeTemporaryDir, skipPostgres, testDatabases } from '../testing.ts';
import { type Database, openDatabase } from './database.ts';
import { copyDatabase } from './move-database.ts';

/** Rows of many kinds: large and odd numbers, text of many scripts, bytes, nulls, rows that refer to rows of their table. */
async function fillOddly(db: Database): Promise<void> {
  const ids = await fillStore(db, 1200);
  await db
    .updateTable('images')
    .set({ seed: Number.MAX_SAFE_INTEGER, guidanceScale: 0.1 + 0.2 })
    .where('id', '=', ids[0]!)
    .execute();
  await putModel(db, {
    hash: 'a'.repeat(64),
    kind: 'checkpoint',
    path: 'ä "quoted" \\ 犬 🐕',
    parentHash: 'b'.repeat(64),
  });
  await insertRatings(
    db,
    ids.slice(0, 50).map((imageId) => ({
      imageId,
      raterId: 'ann',
      answer: 'good' as const,
      ratedAt: '2026',
      milliseconds: 5,
      guidelineVersion: 1,
    })),
  );
  await putGoldAnswer(db, { imageId: ids[1]!, answer: 'bad', note: '' });
  await withRun({ db, config: {} }, 'tune', { beta: 1e-7 }, async (run) => run.id);
  await putRewardModel(db, { hash: 'r', runId: null, config: {}, dataHash: 'd', scores: {} });
  await insertRewards(db, 'r', [
    { imageId: ids[0]!, score: 1 / 3 },
    { imageId: ids[1]!, score: -1e-300 },
  ]);
  const vector = new Uint8Array([0, 255, 39, 92]);
  const subjects = ['Z', 'a', 'B', 'é', '_', '0'];
  await db
    .insertInto('embeddings')
    .values(subjects.map((subjectHash) => ({ subjectHash, encoderHash: 'e', vector })))
    .execute();
}

testDatabases('a database moves to SQLite whole, and not into one that holds something', async (t, source) => {
  await fillOddly(source);
  const target = await openDatabase(join(makeTemporaryDir(t), 'moved.db'));
  t.after(() => target.destroy());
  const moved = await copyDatabase(source, target);
  const rows = new Map(moved.map(({ table, rows: count }) => [table, count]));
  assert.deepEqual(
    ['images', 'queueItems', 'ratings', 'models', 'embeddings'].map((table) => rows.get(table)),
    [1200, 1200, 50, 2, 6],
  );
  for (const table of ['images', 'models', 'queueItems'] as const)
    assert.deepEqual(await sorted(target, table), await sorted(source, table));
  const vectors = await readEmbeddings(target, 'e', ['Z', 'é']);
  assert.deepEqual(vectors, await readEmbeddings(source, 'e', ['Z', 'é']));
  assert.equal(vectors.size, 2);
  await assert.rejects(copyDatabase(source, target), /expected an empty database, got one with rows in guidelines/);
});

test('a database moves to PostgreSQL and back, and is the same', { skip: skipPostgres }, async (t) => {
  const dir = makeTemporaryDir(t);
  const first = await openDatabase(join(dir, 'first.db'));
  const middle = await openDatabase(await makePostgresSchema(t));
  const last = await openDatabase(join(dir, 'last.db'));
  try {
    await fillOddly(first);
    const there = await copyDatabase(first, middle);
    assert.deepEqual(await copyDatabase(middle, last), there);
  } finally {
    for (const db of [first, middle, last]) await db.destroy();
  }
});

test('a copy that cannot be whole leaves nothing behind', async (t) => {
  const dir = makeTemporaryDir(t);
  const source = await openDatabase(join(dir, 'a.db'));
  const target = await openDatabase(join(dir, 'b.db'));
  await fillOddly(source);
  // A target that stores something else than it was given, as one with a trigger or a faulty disk would.
  await sql`create trigger spoil after insert on rewards begin update rewards set score = 0; end`.execute(target);
  await assert.rejects(copyDatabase(source, target), /rewards has 2 rows \([0-9a-f]{12}\) in the source and 2 \(/);
  assert.deepEqual(await target.selectFrom('images').select('id').execute(), []);
  for (const db of [source, target]) await db.destroy();
});

async function sorted(db: Database, table: 'images' | 'models' | 'queueItems'): Promise<string[]> {
  return (await db.selectFrom(table).selectAll().execute()).map((row) => JSON.stringify(row)).sort();
}
