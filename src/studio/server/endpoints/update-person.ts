import { findAccount, listAccounts, updateAccount } from '../../../project/people/accounts.ts';
import { recordAudit } from '../../../project/people/audit.ts';
import { CollimateError } from '../../../util/errors.ts';
import type { Handler } from '../endpoint.ts';
import { notFound } from '../failure.ts';

export const updatePerson: Handler<'updatePerson'> = async ({ studio, caller, params, body }) => {
  const { db } = studio.project;
  const person = await findAccount(db, params.id);
  if (!person) throw notFound(`account ${params.id}`);
  if (person.role === 'owner')
    throw new CollimateError('FORBIDDEN', 'the owner keeps role and account', 'Change another account.');
  if (person.id === caller.id)
    throw new CollimateError('FORBIDDEN', 'nobody changes their own role', 'Ask another admin.');
  await updateAccount(db, person.id, body);
  studio.sessions.forget();
  await recordAudit(db, { actor: caller, action: 'person.update', target: person.id, detail: body });
  return (await listAccounts(db)).find(({ id }) => id === person.id)!;
};
