// Tokens for machines: shown once, stored as their hash. A token of role rater is a rater of its own.

import { randomBytes } from 'node:crypto';
import { sha256 } from '../../util/hash.ts';
import { type Database, inTransaction, now } from '../database/database.ts';
import type { ApiTokenTable } from '../database/schema-studio.ts';
import { putRater } from '../rating/raters.ts';

export type ApiToken = Omit<ApiTokenTable, 'secretHash'>;

const COLUMNS = ['id', 'name', 'role', 'createdAt', 'createdBy', 'lastUsedAt', 'expiresAt'] as const;

/** Stores a token and returns it with its secret, which nothing can show again. */
export function createApiToken(
  db: Database,
  token: Pick<ApiToken, 'name' | 'role' | 'createdBy' | 'expiresAt'>,
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

/** The token of a secret, unless it has ended. */
export function findApiToken(db: Database, secret: string): Promise<ApiToken | undefined> {
  return db
    .selectFrom('apiTokens')
    .select(COLUMNS)
    .where('secretHash', '=', sha256(secret))
    .where((e) => e.or([e('expiresAt', 'is', null), e('expiresAt', '>', now())]))
    .executeTakeFirst();
}

export function listApiTokens(db: Database): Promise<ApiToken[]> {
  return db.selectFrom('apiTokens').select(COLUMNS).orderBy('createdAt', 'desc').orderBy('id').execute();
}

/** Records that a token was used just now. */
export async function touchApiToken(db: Database, id: string): Promise<void> {
  await db.updateTable('apiTokens').set({ lastUsedAt: now() }).where('id', '=', id).execute();
}

/** Revokes a token; returns whether there was one. */
export async function deleteApiToken(db: Database, id: string): Promise<boolean> {
  return (await db.deleteFrom('apiTokens').where('id', '=', id).executeTakeFirst()).numDeletedRows > 0n;
}
