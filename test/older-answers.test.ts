// Answers in every form as an earlier release stored them: whatever later migrations do, no value of them is lost.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { CamelCasePlugin, Kysely, sql } from 'kysely';
import { openDatabase } from '../src/project/database/database.ts';
import { createSqliteDialect } from '../src/project/database/driver-sqlite.ts';
import { readRewards } from '../src/project/learning/rewards.ts';
import { listMarkedImages } from '../src/project/rating/marked-words.ts';
import { listPreferences } from '../src/project/rating/preferences.ts';
import { listRatings } from '../src/project/rating/ratings.ts';
import { listStudyVotes } from '../src/project/studies/study-votes.ts';
import { makeTemporaryDir } from '../src/project/testing.ts';

const FIXTURE = fileURLToPath(new URL('fixtures/project-answers/collimate.db.gz', import.meta.url));

type Row = Readonly<Record<string, unknown>>;

/** All rows of all tables but those of the migrations, by table. */
async function readTables(db: Kysely<never>): Promise<Map<string, Row[]>> {
  const { rows } = await sql<{ name: string }>`select name from sqlite_master where type = 'table'`.execute(db);
  const tables = new Map<string, Row[]>();
  for (const { name } of rows)
    if (!/^(kysely|sqlite)_/.test(name))
      tables.set(name, (await sql<Row>`select * from ${sql.table(name)} order by 1, 2`.execute(db)).rows);
  return tables;
}

test('words, notes, pairs with ties and shares, studies and scores are read as they were given, and no value is lost', async (t) => {
  const path = join(makeTemporaryDir(t), 'old.db');
  writeFileSync(path, gunzipSync(readFileSync(FIXTURE)));
  const old = new Kysely<never>({ dialect: createSqliteDialect(path), plugins: [new CamelCasePlugin()] });
  const before = await readTables(old);
  await old.destroy();
  const db = await openDatabase(path);
  t.after(() => db.destroy());
  const after = await readTables(db as unknown as Kysely<never>);
  for (const [table, rows] of before) {
    const now = after.get(table) ?? assert.fail(`${table} is gone`);
    const kept = now.map((row, i) => Object.fromEntries(Object.keys(rows[i] ?? {}).map((key) => [key, row[key]])));
    assert.deepEqual(kept, rows, table);
  }

  const ratings = await listRatings(db);
  assert.deepEqual(
    ratings
      .flatMap(({ answer, words, note }) => (words.length + note.length > 0 ? [[answer, words, note]] : []))
      .sort(),
    [
      ['bad', ['city'], ''],
      ['bad', ['green', 'two'], 'these are blue; “three” of them'],
      ['skip', [], 'too dark'],
    ],
  );
  assert.deepEqual(
    (await listMarkedImages(db)).map(({ words }) => [...words].sort()),
    [['city', 'green', 'two']],
  );
  const pairs = await listPreferences(db);
  assert.deepEqual(
    pairs.map(({ share, details }) => [share, details]),
    [1, 0, 0.5, 0.25].map((share, i) => [share, { created_at: '2026-10-01', user_id: i }]),
  );
  const votes = await listStudyVotes(db, 's');
  assert.deepEqual(votes.map(({ answer }) => answer).sort(), ['bad', 'left', 'left', 'right', 'skip', 'tie']);
  assert.deepEqual([...(await readRewards(db, 'r'.repeat(64))).values()].sort(), [0, 0.25, 0.5, 0.75]);
});
