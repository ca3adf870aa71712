// A link by which a forgotten password is set anew, or the reason why it does nothing.

import type { Database } from '../../../project/database/database.ts';
import { findPasswordReset } from '../../../project/people/password-resets.ts';
import { CollimateError } from '../../../util/errors.ts';

/** @throws CollimateError NOT_FOUND for no link, and for one that is over or used up. */
export async function requireReset(db: Database, token: string) {
  const found = await findPasswordReset(db, token);
  if (!found) throw resetIsOver();
  return found;
}

export function resetIsOver(): CollimateError {
  return new CollimateError(
    'NOT_FOUND',
    'there is no such link: it was used, a newer one was made, or its day is over',
    'Ask an admin for another, or run `collimate people reset NAME` where the project is.',
  );
}
