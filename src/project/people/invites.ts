// Invitations: links with an end and a number of uses. Only the hash of a link is stored. An invitation belongs to the
// account that made it and can be taken while that account is open and may admit others.

import { randomBytes } from 'node:crypto';
import { sha256 } from '../../util/hash.ts';
import { type Database, now } from '../database/database.ts';
import type { InviteTable } from '../database/schema-studio.ts';
import { ADMITTING } from './access.ts';

export type Invite = Omit<InviteTable, 'tokenHash'>;

export interface NewInvite extends Pick<InviteTable, 'role' | 'note' | 'uses' | 'expiresAt' | 'createdBy' | 'tokenId'> {
  readonly accountId: string;
}

const COLUMNS = [
  'invites.id',
  'invites.role',
  'note',
  'uses',
  'usesLeft',
  'expiresAt',
  'invites.createdAt',
  'createdBy',
  'accountId',
  'tokenId',
] as const;

/** Invitations whose maker may still admit others. */
function selectInvites(db: Database) {
  return db
    .selectFrom('invites')
    .innerJoin('users', 'users.id', 'invites.accountId')
    .where('users.disabled', '=', 0)
    .where('users.role', 'in', ADMITTING)
    .select(COLUMNS);
}

/** Stores an invitation and returns it with its token, which nothing can show again. */
export async function createInvite(db: Database, invite: NewInvite): Promise<{ invite: Invite; token: string }> {
  const token = randomBytes(24).toString('base64url');
  const stored: Invite = { id: randomBytes(8).toString('hex'), ...invite, usesLeft: invite.uses, createdAt: now() };
  await db
    .insertInto('invites')
    .values({ ...stored, tokenHash: sha256(token) })
    .execute();
  return { invite: stored, token };
}

/** The invitation of a token, also one that is over or used up. */
export function findInvite(db: Database, token: string): Promise<Invite | undefined> {
  return selectInvites(db).where('tokenHash', '=', sha256(token)).executeTakeFirst();
}

/** Invitations that can still be taken, the latest first. */
export function listInvites(db: Database): Promise<Invite[]> {
  return selectInvites(db)
    .where('usesLeft', '>', 0)
    .where('expiresAt', '>', now())
    .orderBy('invites.createdAt', 'desc')
    .orderBy('invites.id')
    .execute();
}

/** Takes one use, if one is left and the end has not come: of two who come at once for the last, one gets it. */
export async function claimInvite(db: Database, id: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('invites')
    .set((e) => ({ usesLeft: e('usesLeft', '-', 1) }))
    .where('id', '=', id)
    .where('usesLeft', '>', 0)
    .where('expiresAt', '>', now())
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Gives a use back that came to nothing. */
export async function unclaimInvite(db: Database, id: string): Promise<void> {
  await db
    .updateTable('invites')
    .set((e) => ({ usesLeft: e('usesLeft', '+', 1) }))
    .where('id', '=', id)
    .execute();
}

/** Takes an invitation back; returns whether there was one. */
export async function deleteInvite(db: Database, id: string): Promise<boolean> {
  return (await db.deleteFrom('invites').where('id', '=', id).executeTakeFirst()).numDeletedRows > 0n;
}
