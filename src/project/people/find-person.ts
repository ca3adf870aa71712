// A person by what one types: name, e-mail address or identifier. People with an account, and raters who have none because
// their answers were imported.

import { CollimateError } from '../../util/errors.ts';
import type { Database } from '../database/database.ts';
import type { UserTable } from '../database/schema-studio.ts';

export interface Person {
  /** Of the account and of its rater, which are one. */
  readonly id: string;
  readonly name: string;
  readonly account: UserTable | null;
}

/** @throws CollimateError USAGE for nobody, or more than one. */
export async function findPerson(db: Database, called: string): Promise<Person> {
  const found = (await listPeople(db)).filter(
    ({ id, name, account }) => id === called || name === called || account?.email === called.toLowerCase(),
  );
  if (found.length === 1) return found[0]!;
  const who = found.map(({ id, account }) => `${account?.email ?? 'without an account'} (${id})`).join(', ');
  throw new CollimateError(
    'USAGE',
    found.length === 0 ? `people: nobody is called ${called}` : `people: more than one is called ${called}: ${who}`,
    found.length === 0 ? 'See `collimate people list`.' : 'Give the e-mail address or the identifier.',
  );
}

/** The person of an account. @throws CollimateError USAGE for nobody, more than one, or someone without an account. */
export async function findAccountHolder(db: Database, called: string): Promise<Person & { account: UserTable }> {
  const person = await findPerson(db, called);
  if (person.account) return { ...person, account: person.account };
  throw new CollimateError('USAGE', `people: ${called} has no account`, 'See `collimate people list`.');
}

async function listPeople(db: Database): Promise<Person[]> {
  const accounts = await db.selectFrom('users').selectAll().execute();
  const raters = await db
    .selectFrom('raters')
    .leftJoin('users', 'users.id', 'raters.id')
    .leftJoin('apiTokens', 'apiTokens.id', 'raters.id')
    .select(['raters.id', 'raters.name'])
    .where('raters.kind', '=', 'human')
    .where('users.id', 'is', null)
    .where('apiTokens.id', 'is', null)
    .execute();
  return [
    ...accounts.map((account) => ({ id: account.id, name: account.name, account })),
    ...raters.map(({ id, name }) => ({ id, name, account: null })),
  ];
}
