// An invitation that can be taken, or the reason why not.

import type { Database } from '../../../project/database/database.ts';
import { findInvite, type Invite } from '../../../project/people/invites.ts';
import { CollimateError } from '../../../util/errors.ts';

const AGAIN = 'Ask who sent it for a new one.';

/** @throws CollimateError NOT_FOUND for no invitation, EXPIRED for one that is over or used up. */
export async function requireInvite(db: Database, token: string): Promise<Invite> {
  const invite = await findInvite(db, token);
  if (!invite) throw new CollimateError('NOT_FOUND', 'there is no such invitation', AGAIN);
  if (invite.expiresAt <= new Date().toISOString())
    throw new CollimateError('EXPIRED', `this invitation ended on ${invite.expiresAt.slice(0, 16)} UTC`, AGAIN);
  if (invite.usesLeft <= 0) throw new CollimateError('EXPIRED', 'this invitation has been used up', AGAIN);
  return invite;
}
