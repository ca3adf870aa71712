// Small values that all servers of one project share, such as the key that signs cookies.

import type { Database } from '../database/database.ts';

/** Stores a value, or another in its place. */
export async function putState(db: Database, name: string, value: string): Promise<void> {
  await db
    .insertInto('studioState')
    .values({ name, value })
    .onConflict((c) => c.column('name').doUpdateSet({ value }))
    .execute();
}

/** The stored value of `name`, if there is one. */
export async function readState(db: Database, name: string): Promise<string | undefined> {
  return (await db.selectFrom('studioState').select('value').where('name', '=', name).executeTakeFirst())?.value;
}

/** The name under which the address of the latest studio stands. */
export const ADDRESS = 'address';

/** The stored value of `name`; the first who asks stores what `make` gives. */
export async function readOrMakeState(db: Database, name: string, make: () => string): Promise<string> {
  const stored = await readState(db, name);
  if (stored !== undefined) return stored;
  await db
    .insertInto('studioState')
    .values({ name, value: make() })
    .onConflict((c) => c.column('name').doNothing())
    .execute();
  return (await readState(db, name))!;
}
