// Tokens for machines: shown once, stored as their hash. A token belongs to the account that made it and works while that
// account is open and may admit others. A token of role rater is a rater of its own.

import { randomBytes } from 'node:crypto';
import { sha256 } from '../../util/hash.ts';
import { type Database, inTransaction, now } from '../database/database.ts';
import type { ApiTokenTable } from '../database/schema-studio.ts';
import { prepareStatement } from '../database/statements.ts';
import { putRater } from '../rating/raters.ts';
import { ADMITTING, mayAdmit } from './access.ts';

export type ApiToken = Omit<ApiTokenTable, 'secretHash'>;

const COLUMNS = ['id', 'name', 'role', 'createdAt', 'createdBy', 'accountId', 'lastUsedAt', 'expiresAt'] as const;

/** Stores a token and returns it with its secret, which nothing can show again. */
export function createApiToken(
  db: Database,
  token: Pick<ApiToken, 'name' | 'role' | 'createdBy' | 'expiresAt'> & { accountId: string },
): Promise<{ token: ApiToken; secret: string }> {
  const secret = `clm_${randomBytes(24).toString('base64url')}`;
  const stored: ApiToken = {
    id: `token-${randomBytes(8).toString('hex')}`,
    ...token,
    createdAt: now(),
    lastUsedAt: null,
  };
  return inTransaction(db, async (tx) => {
    await tx
      .insertInto('apiTokens')
      .values({ ...stored, secretHash: sha256(secret) })
      .execute();
    await putRater(tx, { id: stored.id, name: stored.name, kind: 'human', settings: { token: true } });
    return { token: stored, secret };
  });
}

/** The tokens of secrets, in their order, unless one has ended or its maker may no longer admit others. */
export async function findApiTokens(db: Database, secrets: readonly string[]): Promise<(ApiToken | undefined)[]> {
  const hashes = secrets.map((secret) => sha256(secret));
  if (hashes.length === 0) return [];
  const rows = await selectWorking(db, hashes, now());
  const found = new Map(rows.map(({ secretHash, ...token }) => [secretHash, token]));
  return hashes.map((hash) => found.get(hash));
}

const selectWorking = prepareStatement((db, hashes: readonly string[], time: string) =>
  selectTokens(db)
    .select('apiTokens.secretHash')
    .where('apiTokens.secretHash', 'in', hashes)
    .where((e) => e.or([e('apiTokens.expiresAt', 'is', null), e('apiTokens.expiresAt', '>', time)]))
    .where('users.disabled', '=', 0)
    .where('users.role', 'in', ADMITTING),
);

/** Every token, the latest first; `works` is false where its maker is unknown, closed or no longer an admin. */
export async function listApiTokens(db: Database): Promise<(ApiToken & { works: boolean })[]> {
  const rows = await selectTokens(db)
    .select(['users.role as makerRole', 'users.disabled as makerClosed'])
    .orderBy('apiTokens.createdAt', 'desc')
    .orderBy('apiTokens.id')
    .execute();
  return rows.map(({ makerRole, makerClosed, ...token }) => ({
    ...token,
    works: makerRole !== null && makerClosed === 0 && mayAdmit(makerRole),
  }));
}

function selectTokens(db: Database) {
  return db
    .selectFrom('apiTokens')
    .leftJoin('users', 'users.id', 'apiTokens.accountId')
    .select(COLUMNS.map((name) => `apiTokens.${name}` as const));
}

/** Records that a token was used just now. */
export async function touchApiToken(db: Database, id: string): Promise<void> {
  await db.updateTable('apiTokens').set({ lastUsedAt: now() }).where('id', '=', id).execute();
}

/** Revokes a token; returns whether there was one. */
export async function deleteApiToken(db: Database, id: string): Promise<boolean> {
  return (await db.deleteFrom('apiTokens').where('id', '=', id).executeTakeFirst()).numDeletedRows > 0n;
}
