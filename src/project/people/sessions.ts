// Sessions of people: better-auth writes them, here they are looked up with the account as it is now.

import { type Database, now } from '../database/database.ts';
import type { UserTable } from '../database/schema-studio.ts';

/** The account whose session this is; nobody where the session is over or the account is closed. */
export function findSessionAccount(db: Database, token: string): Promise<UserTable | undefined> {
  return db
    .selectFrom('sessions')
    .innerJoin('users', 'users.id', 'sessions.userId')
    .selectAll('users')
    .where('sessions.token', '=', token)
    .where('sessions.expiresAt', '>', now())
    .where('users.disabled', '=', 0)
    .executeTakeFirst();
}
