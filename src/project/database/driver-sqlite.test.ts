import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { Kysely, sql } from 'kysely';
import { makeTemporaryDir } from '../testing.ts';
import { createSqliteDialect } from './driver-sqlite.ts';

test('statements that are kept ready see changed tables, other connections, and each their own values', async (t) => {
  const path = join(makeTemporaryDir(t), 'a.db');
  const [db, other] = [path, path].map((each) => new Kysely<unknown>({ dialect: createSqliteDialect(each) }));
  t.after(() => Promise.all([db!.destroy(), other!.destroy()]));
  const add = (to: Kysely<unknown>, word: string) => sql`insert into words (word) values (${word})`.execute(to);
  const read = async () => (await sql`select * from words order by word`.execute(db!)).rows;
  await sql`create table words (word text primary key)`.execute(db!);
  await add(db!, 'a');
  assert.deepEqual(await read(), [{ word: 'a' }]);
  await add(other!, 'b');
  assert.deepEqual(await read(), [{ word: 'a' }, { word: 'b' }]);
  await assert.rejects(add(db!, 'a'), /UNIQUE/);
  await add(db!, 'c');
  // More statements than are kept, so that the first is prepared anew.
  const values = await Promise.all(
    Array.from({ length: 400 }, (_, i) => sql<{ n: number }>`select ${sql.lit(i)} as n`.execute(db!)),
  );
  assert.deepEqual(
    values.map(({ rows }) => rows[0]!.n),
    Array.from({ length: 400 }, (_, i) => i),
  );
  assert.equal((await read()).length, 3);
  await sql`alter table words add column length integer not null default 1`.execute(other!);
  assert.deepEqual((await read())[0], { word: 'a', length: 1 });
});
