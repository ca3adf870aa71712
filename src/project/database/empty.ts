// Whether anything is in a database yet.

import type { Database } from './database.ts';

/** True where no prompt and no account is stored. */
export async function isEmptyDatabase(db: Database): Promise<boolean> {
  const prompt = await db.selectFrom('prompts').select('id').limit(1).executeTakeFirst();
  const account = prompt ?? (await db.selectFrom('users').select('id').limit(1).executeTakeFirst());
  return account === undefined;
}
