// Sessions of people: better-auth writes them, here they are looked up with the account as it is now.

import { type Database, now } from '../database/database.ts';
import type { UserTable } from '../database/schema-studio.ts';
import { prepareStatement } from '../database/statements.ts';

/** The accounts whose sessions these are, by token; nobody where a session is over or its account is closed. */
export async function findSessionAccounts(db: Database, tokens: readonly string[]): Promise<Map<string, UserTable>> {
  if (tokens.length === 0) return new Map();
  const rows = await selectSessions(db, tokens, now());
  return new Map(rows.map(({ token, ...account }) => [token, account]));
}

const selectSessions = prepareStatement((db, tokens: readonly string[], time: string) =>
  db
    .selectFrom('sessions')
    .innerJoin('users', 'users.id', 'sessions.userId')
    .selectAll('users')
    .select('sessions.token')
    .where('sessions.token', 'in', tokens)
    .where('sessions.expiresAt', '>', time)
    .where('users.disabled', '=', 0),
);
