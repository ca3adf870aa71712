import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { CamelCasePlugin, Kysely, Migrator, sql } from 'kysely';
import { listApiTokens } from '../../people/api-tokens.ts';
import { listInvites } from '../../people/invites.ts';
import { makeTemporaryDir } from '../../testing.ts';
import { openDatabase } from '../database.ts';
import { createSqliteDialect } from '../driver-sqlite.ts';
import { migrations } from '../migrations.ts';

const TIME = '2026-01-01T00:00:00.000Z';

test('what was made before belongs to the account of its maker, where that can be told', async (t) => {
  const path = join(makeTemporaryDir(t), 'old.db');
  const old = new Kysely<unknown>({ dialect: createSqliteDialect(path), plugins: [new CamelCasePlugin()] });
  const migrator = new Migrator({ db: old, provider: { getMigrations: async () => migrations } });
  assert.equal((await migrator.migrateTo('0010_utc_times')).error, undefined);
  for (const [id, name, role] of [
    ['1', 'Olga', 'owner'],
    ['2', 'Ada', 'admin'],
    ['3', 'Sam', 'admin'],
    ['4', 'Sam', 'rater'],
  ])
    await sql`insert into users (id, name, email, role, created_at, updated_at)
      values (${id}, ${name}, ${id}, ${role}, ${TIME}, ${TIME})`.execute(old);
  for (const [name, createdBy] of [
    ['of ada', 'Ada'],
    ['of her token', 'of ada'],
    ['of a Sam', 'Sam'],
    ['of nobody', 'Gone'],
  ])
    await sql`insert into api_tokens (id, secret_hash, name, role, created_at, created_by)
      values (${`id ${name}`}, ${`hash ${name}`}, ${name}, 'admin', ${TIME}, ${createdBy})`.execute(old);
  for (const createdBy of ['Olga', 'Sam'])
    await sql`insert into invites (id, token_hash, role, note, uses, uses_left, expires_at, created_at, created_by)
      values (${createdBy}, ${createdBy}, 'rater', '', 1, 1, '2999-01-01', ${TIME}, ${createdBy})`.execute(old);
  await old.destroy();

  const db = await openDatabase(path);
  t.after(() => db.destroy());
  const tokens = Object.fromEntries((await listApiTokens(db)).map((token) => [token.name, token]));
  assert.deepEqual(
    Object.entries(tokens).map(([name, { accountId, works }]) => [name, accountId, works]),
    [
      ['of a Sam', null, false],
      ['of ada', '2', true],
      ['of her token', '2', true],
      ['of nobody', null, false],
    ],
  );
  assert.deepEqual(
    (await listInvites(db)).map(({ id, accountId }) => [id, accountId]),
    [['Olga', '1']],
  );
});
