// Tokens and invitations belong to the account that made them, and end with it; before, the maker was a name. And links by
// which a forgotten password is set anew.

import { type Kysely, type Migration, sql } from 'kysely';

interface Made {
  readonly id: string;
  readonly name?: string;
  readonly createdBy: string;
}

export const makers: Migration = {
  async up(db: Kysely<unknown>) {
    const { schema } = db;
    const column = (table: string, name: string, target: string) =>
      schema
        .alterTable(table)
        .addColumn(name, 'text', (c) => c.references(target).onDelete('cascade'))
        .execute();
    await column('apiTokens', 'accountId', 'users.id');
    await column('invites', 'accountId', 'users.id');
    // The token by which a program made the invitation.
    await column('invites', 'tokenId', 'apiTokens.id');
    await schema
      .createTable('passwordResets')
      .addColumn('id', 'text', (c) => c.primaryKey())
      .addColumn('tokenHash', 'text', (c) => c.notNull().unique())
      .addColumn('accountId', 'text', (c) => c.notNull().references('users.id').onDelete('cascade'))
      .addColumn('expiresAt', 'text', (c) => c.notNull())
      .addColumn('createdAt', 'text', (c) => c.notNull())
      .execute();
    await nameMakers(db);
  },
};

/**
 * Ties what was made before to the account of its maker's name. Where nobody or more than one has that name it stays tied
 * to no account, and is refused from now on: the studio says so when it starts.
 */
async function nameMakers(db: Kysely<unknown>): Promise<void> {
  const { rows: users } = await sql<{ id: string; name: string }>`select id, name from users`.execute(db);
  const { rows: tokens } = await sql<Made>`select id, name, created_by from api_tokens`.execute(db);
  const { rows: invites } = await sql<Made>`select id, created_by from invites`.execute(db);
  // A token may have made another: then its own maker counts.
  const find = (name: string, seen: readonly string[] = []): string | undefined => {
    const people = users.filter((user) => user.name === name);
    const machines = tokens.filter((token) => token.name === name);
    if (people.length + machines.length !== 1 || seen.includes(name)) return undefined;
    return people[0]?.id ?? find(machines[0]!.createdBy, [...seen, name]);
  };
  for (const { id, createdBy } of tokens) {
    const account = find(createdBy);
    if (account) await sql`update api_tokens set account_id = ${account} where id = ${id}`.execute(db);
  }
  for (const { id, createdBy } of invites) {
    const account = find(createdBy);
    if (account) await sql`update invites set account_id = ${account} where id = ${id}`.execute(db);
  }
}
