import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Kysely, sql } from 'kysely';
import { CollimateError } from '../../util/errors.ts';
import { makePostgresSchema, skipPostgres } from '../testing.ts';
import { createPostgresDialect, translateErrors } from './driver-postgres.ts';

/** Opens the database at `url` with one connection, for which a query waits a second. */
function openNarrowly(t: TestContext, url: string): Kysely<unknown> {
  const db = new Kysely<unknown>({ dialect: createPostgresDialect(url, { size: 1, waitMs: 1000 }) });
  t.after(() => db.destroy());
  return db;
}

const isBusy = (words: RegExp) => (error: unknown) =>
  error instanceof CollimateError && error.code === 'UNAVAILABLE' && words.test(error.message) && error.hint.length > 8;

test('a pool that is used up is busy, not out of reach, and works again', { skip: skipPostgres }, async (t) => {
  const db = openNarrowly(t, await makePostgresSchema(t));
  await db.transaction().execute(async (tx) => {
    await sql`select 1`.execute(tx);
    await assert.rejects(sql`select 1`.execute(db), isBusy(/is busy: no connection became free in time/));
  });
  assert.deepEqual((await sql`select 1 as one`.execute(db)).rows, [{ one: 1 }]);
});

test('a server that does not answer is out of reach', async (t) => {
  const db = openNarrowly(t, 'postgres://ann:secret@127.0.0.1:1/nowhere');
  await assert.rejects(sql`select 1`.execute(db), (error: CollimateError) => {
    assert.equal(error.code, 'UNAVAILABLE');
    assert.match(error.message, /cannot be reached/);
    return !error.message.includes('secret');
  });
});

test('an address that cannot be read is told as such, without the password that made it so', async (t) => {
  for (const end of ['ge/heim@h/x', 'ge#heim@h/x', 'ge?heim@h/x', 'geheim@h:99999/x', 'geheim@h/x%']) {
    const db = openNarrowly(t, `postgres://ann:${end}`);
    await assert.rejects(sql`select 1`.execute(db), (error: CollimateError) => {
      assert.equal(error.code, 'CONFIG');
      assert.match(error.message, /^postgres:\/\/ann:…@h.* is no address of a database$/);
      return !/heim/.test(`${error.message}${error.hint}`);
    });
  }
});

test('a table that another keeps is busy, and nothing is stored', { skip: skipPostgres }, async (t) => {
  const url = new URL(await makePostgresSchema(t));
  const holder = openNarrowly(t, url.href);
  await sql`create table words (word text)`.execute(holder);
  url.searchParams.set('options', `${url.searchParams.get('options')} -c lock_timeout=50`);
  const other = openNarrowly(t, url.href);
  await holder.transaction().execute(async (tx) => {
    await sql`lock table words`.execute(tx);
    await assert.rejects(sql`insert into words values ('late')`.execute(other), isBusy(/is busy/));
  });
  assert.deepEqual((await sql`select * from words`.execute(other)).rows, []);
});

test('a pooler that shares connections between statements is named, and not waited for', async () => {
  const words = 'transaction blocks not allowed in statement pooling mode';
  const refuse = () => Promise.reject(Object.assign(new Error(words), { code: '08P01' }));
  await assert.rejects(translateErrors('postgres://ann:secret@host/pictures', refuse), (error: CollimateError) => {
    assert.equal(error.code, 'STORAGE');
    return (
      /^postgres:\/\/ann.*@host\/pictures leads to a pooler/.test(error.message) && !error.message.includes('secret')
    );
  });
});
