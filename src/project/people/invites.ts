// Invitations: links with an end and a number of uses. Only the hash of a link is stored.

import { randomBytes } from 'node:crypto';
import { sha256 } from '../../util/hash.ts';
import { type Database, now } from '../database/database.ts';
import type { InviteTable } from '../database/schema-studio.ts';

export type Invite = Omit<InviteTable, 'tokenHash'>;

export type NewInvite = Pick<InviteTable, 'role' | 'note' | 'uses' | 'expiresAt' | 'createdBy'>;

const COLUMNS = ['id', 'role', 'note', 'uses', 'usesLeft', 'expiresAt', 'createdAt', 'createdBy'] as const;

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

/** The invitation of a token, whether or not it can still be taken. */
export function findInvite(db: Database, token: string): Promise<Invite | undefined> {
  return db.selectFrom('invites').select(COLUMNS).where('tokenHash', '=', sha256(token)).executeTakeFirst();
}

/** Invitations that can still be taken, the latest first. */
export function listInvites(db: Database): Promise<Invite[]> {
  return db
    .selectFrom('invites')
    .select(COLUMNS)
    .where('usesLeft', '>', 0)
    .where('expiresAt', '>', now())
    .orderBy('createdAt', 'desc')
    .orderBy('id')
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
