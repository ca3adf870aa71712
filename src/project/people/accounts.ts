// Accounts: who may sign in, and as what. better-auth writes their passwords and sessions; roles are changed here.

import { type Database, inTransaction, now } from '../database/database.ts';
import type { Role, UserTable } from '../database/schema-studio.ts';
import { putRater } from '../rating/raters.ts';
import { type EndedAccess, endAccess, mayAdmit, NOTHING_ENDED } from './access.ts';

export interface Account extends Pick<UserTable, 'id' | 'name' | 'email' | 'role' | 'createdAt'> {
  disabled: boolean;
  /** Ratings that the account's rater has given. */
  answers: number;
}

/** Whether anybody has an account yet. */
export async function hasAccounts(db: Database): Promise<boolean> {
  return (await db.selectFrom('users').select('id').limit(1).executeTakeFirst()) !== undefined;
}

/** Accounts by rising time. */
export async function listAccounts(db: Database): Promise<Account[]> {
  const rows = await db
    .selectFrom('users')
    .leftJoin(
      (e) =>
        e
          .selectFrom('ratings')
          .select((r) => ['raterId', r.fn.countAll<number | string>().as('answers')])
          .groupBy('raterId')
          .as('given'),
      (join) => join.onRef('given.raterId', '=', 'users.id'),
    )
    .select(['users.id', 'name', 'email', 'role', 'disabled', 'createdAt', 'given.answers'])
    .orderBy('createdAt')
    .orderBy('users.id')
    .execute();
  return rows.map(({ disabled, answers, ...row }) => ({
    ...row,
    disabled: disabled === 1,
    answers: Number(answers ?? 0),
  }));
}

export async function findAccount(db: Database, id: string): Promise<UserTable | undefined> {
  return db.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirst();
}

/** The identifier of the account that signs in with an e-mail address. */
export async function findAccountId(db: Database, email: string): Promise<string | undefined> {
  const row = await db.selectFrom('users').select('id').where('email', '=', email.toLowerCase()).executeTakeFirst();
  return row?.id;
}

/** Gives a new account its role and makes it a rater, so that it can answer. */
export function admitAccount(db: Database, { id, name }: { id: string; name: string }, role: Role): Promise<void> {
  return inTransaction(db, async (tx) => {
    await tx.updateTable('users').set({ role }).where('id', '=', id).execute();
    await putRater(tx, { id, name, kind: 'human', settings: {} });
  });
}

/** Makes another account the owner, and who was it an admin. */
export function moveOwnership(db: Database, to: string): Promise<void> {
  return inTransaction(db, async (tx) => {
    await tx.updateTable('users').set({ role: 'admin', updatedAt: now() }).where('role', '=', 'owner').execute();
    await tx.updateTable('users').set({ role: 'owner', updatedAt: now() }).where('id', '=', to).execute();
  });
}

/** Removes an account that was never admitted; its sessions and passwords go with it. */
export async function removeAccount(db: Database, id: string): Promise<void> {
  await db.deleteFrom('users').where('id', '=', id).execute();
}

/**
 * Changes role or door. What the account could come or let others in by ends at once and does not come back with the
 * account, but for the sessions of one that is made an admin.
 */
export function updateAccount(
  db: Database,
  id: string,
  { role, disabled }: { role?: Role | undefined; disabled?: boolean | undefined },
): Promise<EndedAccess> {
  return inTransaction(db, async (tx) => {
    const before = await tx.selectFrom('users').select(['role', 'disabled']).where('id', '=', id).executeTakeFirst();
    const changes = {
      ...(role !== undefined && { role }),
      ...(disabled !== undefined && { disabled: disabled ? 1 : 0 }),
    };
    await tx
      .updateTable('users')
      .set({ ...changes, updatedAt: now() })
      .where('id', '=', id)
      .execute();
    const after = { ...before, ...changes };
    const lowered = role !== undefined && role !== before?.role && !mayAdmit(role);
    if (after.disabled === 0 && before?.disabled === 0 && !lowered) return NOTHING_ENDED;
    return endAccess(tx, id);
  });
}
