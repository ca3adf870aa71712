// Small values that all servers of one project share, such as the key that signs cookies.

import type { Database } from '../database/database.ts';

/** The stored value of `name`; the first who asks stores what `make` gives. */
export async function readOrMakeState(db: Database, name: string, make: () => string): Promise<string> {
  await db
    .insertInto('studioState')
    .values({ name, value: make() })
    .onConflict((c) => c.column('name').doNothing())
    .execute();
  return (await db.selectFrom('studioState').select('value').where('name', '=', name).executeTakeFirstOrThrow()).value;
}
