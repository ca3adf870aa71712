// A new password in place of one that was forgotten.

import { hashPassword } from 'better-auth/crypto';
import { type Database, inTransaction, now } from '../../../project/database/database.ts';
import { CollimateError } from '../../../util/errors.ts';

const [SHORTEST, LONGEST] = [8, 128];

/**
 * Stores a password for an account. Its sessions end, and the links that could set it.
 *
 * @throws CollimateError USAGE for a password that is too short or too long, and for an account without one.
 */
export async function setPassword(db: Database, accountId: string, password: string): Promise<{ sessions: number }> {
  if (password.length < SHORTEST || password.length > LONGEST)
    throw new CollimateError(
      'USAGE',
      `a password has ${SHORTEST} to ${LONGEST} characters, got ${password.length}`,
      'Choose another one.',
    );
  const hash = await hashPassword(password);
  return inTransaction(db, async (tx) => {
    const { numUpdatedRows } = await tx
      .updateTable('accounts')
      .set({ password: hash, updatedAt: now() })
      .where('userId', '=', accountId)
      .where('providerId', '=', 'credential')
      .executeTakeFirst();
    if (numUpdatedRows === 0n)
      throw new CollimateError('USAGE', 'this account signs in without a password', 'Invite the person again.');
    await tx.deleteFrom('passwordResets').where('accountId', '=', accountId).execute();
    const { numDeletedRows } = await tx.deleteFrom('sessions').where('userId', '=', accountId).executeTakeFirst();
    return { sessions: Number(numDeletedRows) };
  });
}
