// A new password in place of one that was forgotten.

import { hashPassword } from 'better-auth/crypto';
import type { Database } from '../../../project/database/database.ts';
import { storePassword } from '../../../project/people/passwords.ts';
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
  const changed = await storePassword(db, accountId, hash);
  if (changed) return changed;
  throw new CollimateError('USAGE', 'this account signs in without a password', 'Invite the person again.');
}
