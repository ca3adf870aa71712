// Who callers are, asked of the database at every request, so that whoever was closed, demoted or signed out is so at once,
// in whichever studio of the project that was done. Requests that come at one time share a statement.

import type { Database } from '../../project/database/database.ts';
import type { UserTable } from '../../project/database/schema-studio.ts';
import { type ApiToken, findApiTokens } from '../../project/people/api-tokens.ts';
import { findSessionAccounts } from '../../project/people/sessions.ts';
import { createBatcher } from '../../util/batcher.ts';

export interface CallerLookup {
  /** The account of a session's token; nobody where the session is over or the account closed. */
  person(token: string): Promise<UserTable | undefined>;
  /** The token of a secret; none where it has ended. */
  machine(secret: string): Promise<ApiToken | undefined>;
}

export function createCallerLookup(db: Database): CallerLookup {
  return {
    person: createBatcher(async (tokens: readonly string[]) => {
      const accounts = await findSessionAccounts(db, tokens);
      return tokens.map((token) => accounts.get(token));
    }),
    machine: createBatcher((secrets: readonly string[]) => findApiTokens(db, secrets)),
  };
}
