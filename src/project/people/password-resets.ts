// Links by which a forgotten password is set anew: for one account, for a day, once. Only the hash of a link is stored, and a
// new link ends the one before.

import { randomBytes } from 'node:crypto';
import { sha256 } from '../../util/hash.ts';
import { type Database, inTransaction, now } from '../database/database.ts';
import type { UserTable } from '../database/schema-studio.ts';

const DAY_MS = 86_400_000;

export interface PasswordReset {
  readonly token: string;
  readonly expiresAt: string;
}

/** Makes a link's token for an account. */
export function createPasswordReset(db: Database, accountId: string): Promise<PasswordReset> {
  const token = randomBytes(24).toString('base64url');
  const expiresAt = new Date(Date.now() + DAY_MS).toISOString();
  return inTransaction(db, async (tx) => {
    await tx.deleteFrom('passwordResets').where('accountId', '=', accountId).execute();
    await tx
      .insertInto('passwordResets')
      .values({ id: randomBytes(8).toString('hex'), tokenHash: sha256(token), accountId, expiresAt, createdAt: now() })
      .execute();
    return { token, expiresAt };
  });
}

/** The open account of a link that is still good, and when it ends. */
export async function findPasswordReset(
  db: Database,
  token: string,
): Promise<{ account: UserTable; expiresAt: string } | undefined> {
  const row = await db
    .selectFrom('passwordResets')
    .innerJoin('users', 'users.id', 'passwordResets.accountId')
    .selectAll('users')
    .select('passwordResets.expiresAt')
    .where('tokenHash', '=', sha256(token))
    .where('passwordResets.expiresAt', '>', now())
    .where('users.disabled', '=', 0)
    .executeTakeFirst();
  if (!row) return undefined;
  const { expiresAt, ...account } = row;
  return { account, expiresAt };
}

/** Uses a link up: of two who come at once, one gets it. */
export async function claimPasswordReset(db: Database, token: string): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('passwordResets')
    .where('tokenHash', '=', sha256(token))
    .where('expiresAt', '>', now())
    .executeTakeFirst();
  return numDeletedRows > 0n;
}
