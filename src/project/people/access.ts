// What ends with an account that is closed or loses its role: its sessions, and what it made that opens the door.

import type { Database } from '../database/database.ts';
import type { Role } from '../database/schema-studio.ts';

/** Who may let others in: tokens and invitations work only while their maker is one of these. */
export const ADMITTING = ['owner', 'admin'] as const satisfies readonly Role[];

export function mayAdmit(role: Role): boolean {
  return (ADMITTING as readonly Role[]).includes(role);
}

/** How much ended. */
export interface EndedAccess {
  readonly sessions: number;
  readonly tokens: number;
  readonly invites: number;
  /** Links by which the password could be set anew. */
  readonly resets: number;
}

export const NOTHING_ENDED: EndedAccess = { sessions: 0, tokens: 0, invites: 0, resets: 0 };

/** Ends all that an account could come or let others in by. */
export async function endAccess(db: Database, accountId: string): Promise<EndedAccess> {
  const [sessions, invites, tokens, resets] = [
    await db.deleteFrom('sessions').where('userId', '=', accountId).executeTakeFirst(),
    await db.deleteFrom('invites').where('accountId', '=', accountId).executeTakeFirst(),
    await db.deleteFrom('apiTokens').where('accountId', '=', accountId).executeTakeFirst(),
    await db.deleteFrom('passwordResets').where('accountId', '=', accountId).executeTakeFirst(),
  ].map(({ numDeletedRows }) => Number(numDeletedRows)) as [number, number, number, number];
  return { sessions, tokens, invites, resets };
}
