// Hashes of passwords, and what ends with an old one.

import { type Database, inTransaction, now } from '../database/database.ts';

/** Stores the hash of a new password; sessions end, and links that could set one. Undefined for an account without a password. */
export function storePassword(
  db: Database,
  accountId: string,
  password: string,
): Promise<{ sessions: number } | undefined> {
  return inTransaction(db, async (tx) => {
    const { numUpdatedRows } = await tx
      .updateTable('accounts')
      .set({ password, updatedAt: now() })
      .where('userId', '=', accountId)
      .where('providerId', '=', 'credential')
      .executeTakeFirst();
    if (numUpdatedRows === 0n) return undefined;
    await tx.deleteFrom('passwordResets').where('accountId', '=', accountId).execute();
    const { numDeletedRows } = await tx.deleteFrom('sessions').where('userId', '=', accountId).executeTakeFirst();
    return { sessions: Number(numDeletedRows) };
  });
}
