// Accounts, invitations, tokens and the audit log.

import { findAccount, listAccounts, updateAccount } from '../../../project/people/accounts.ts';
import { createApiToken, deleteApiToken, listApiTokens } from '../../../project/people/api-tokens.ts';
import { listAudit as listEntries, recordAudit } from '../../../project/people/audit.ts';
import {
  deleteInvite,
  listInvites as listStored,
  createInvite as storeInvite,
} from '../../../project/people/invites.ts';
import { createPasswordReset } from '../../../project/people/password-resets.ts';
import { CollimateError } from '../../../util/errors.ts';
import type { Caller } from '../caller.ts';
import type { Endpoints, Handler } from '../endpoint.ts';
import { notFound } from '../failure.ts';

/**
 * What outlasts a token is made by people, so that revoking one ends whatever somebody did with it.
 *
 * @throws CollimateError FORBIDDEN for a token.
 */
function requirePerson(caller: Caller, deed: string): void {
  if (caller.kind === 'machine')
    throw new CollimateError('FORBIDDEN', `a token may not ${deed}`, 'Sign in as a person for that.');
}

const makerOf = ({ name, accountId }: Caller) => ({ createdBy: name, accountId });

const listPeople: Handler<'listPeople'> = async ({ studio }) => ({
  people: await listAccounts(studio.project.db),
});

const updatePerson: Handler<'updatePerson'> = async ({ studio, caller, params, body }) => {
  const { db } = studio.project;
  const person = await findAccount(db, params.id);
  if (!person) throw notFound(`account ${params.id}`);
  if (person.role === 'owner')
    throw new CollimateError('FORBIDDEN', 'the owner keeps role and account', 'Change another account.');
  if (person.id === caller.accountId)
    throw new CollimateError('FORBIDDEN', 'nobody changes their own role, nor has a token do it', 'Ask another admin.');
  if (body.role === 'admin') requirePerson(caller, 'make an admin');
  const ended = await updateAccount(db, person.id, body);
  await recordAudit(db, { actor: caller, action: 'person.update', target: person.id, detail: { ...body, ended } });
  return (await listAccounts(db)).find(({ id }) => id === person.id)!;
};

/** Whoever sets a password can be that person: so nobody does it to someone who may do more than they. */
const createReset: Handler<'createReset'> = async ({ studio, caller, params }) => {
  const { db } = studio.project;
  requirePerson(caller, 'reset a password');
  const person = await findAccount(db, params.id);
  if (!person) throw notFound(`account ${params.id}`);
  if (person.role === 'owner' || (person.role === 'admin' && caller.role !== 'owner'))
    throw new CollimateError(
      'FORBIDDEN',
      person.role === 'owner' ? "the owner's password is reset on the host alone" : 'only the owner resets an admin',
      `Run \`collimate people reset\` where the project is${person.role === 'owner' ? '' : ', or ask the owner'}.`,
    );
  if (person.disabled === 1)
    throw new CollimateError('USAGE', 'this account is closed', 'Open it first, then make the link.');
  const { token, expiresAt } = await createPasswordReset(db, person.id);
  await recordAudit(db, { actor: caller, action: 'password.link', target: person.id, detail: { expiresAt } });
  return { token, expiresAt, path: `/reset/${token}` };
};

const listInvites: Handler<'listInvites'> = async ({ studio }) => ({
  invites: await listStored(studio.project.db),
});

const HOUR_MS = 3_600_000;

const createInvite: Handler<'createInvite'> = async ({ studio, caller, body }) => {
  const { role, uses, note, expiresInHours } = body;
  if (role === 'admin') requirePerson(caller, 'invite an admin');
  const expiresAt = new Date(Date.now() + expiresInHours * HOUR_MS).toISOString();
  const made = await storeInvite(studio.project.db, {
    role,
    uses,
    note,
    expiresAt,
    ...makerOf(caller),
    tokenId: caller.kind === 'machine' ? caller.id : null,
  });
  await recordAudit(studio.project.db, {
    actor: caller,
    action: 'invite.create',
    target: made.invite.id,
    detail: { role, uses, expiresAt },
  });
  return { ...made, path: `/join/${made.token}` };
};

const revokeInvite: Handler<'revokeInvite'> = async ({ studio, caller, params: { id } }) => {
  if (!(await deleteInvite(studio.project.db, id))) throw notFound(`invitation ${id}`);
  await recordAudit(studio.project.db, { actor: caller, action: 'invite.revoke', target: id, detail: {} });
  return { ok: true };
};

const listTokens: Handler<'listTokens'> = async ({ studio }) => ({
  tokens: await listApiTokens(studio.project.db),
});

const DAY_MS = 86_400_000;

const createToken: Handler<'createToken'> = async ({ studio, caller, body }) => {
  const { name, role, expiresInDays } = body;
  requirePerson(caller, 'make a token');
  const expiresAt = expiresInDays === null ? null : new Date(Date.now() + expiresInDays * DAY_MS).toISOString();
  const made = await createApiToken(studio.project.db, { name, role, expiresAt, ...makerOf(caller) });
  await recordAudit(studio.project.db, {
    actor: caller,
    action: 'token.create',
    target: made.token.id,
    detail: { name, role, expiresAt },
  });
  return { ...made, token: { ...made.token, works: true } };
};

const revokeToken: Handler<'revokeToken'> = async ({ studio, caller, params: { id } }) => {
  if (!(await deleteApiToken(studio.project.db, id))) throw notFound(`token ${id}`);
  await recordAudit(studio.project.db, { actor: caller, action: 'token.revoke', target: id, detail: {} });
  return { ok: true };
};

const listAudit: Handler<'listAudit'> = ({ studio, query }) => listEntries(studio.project.db, query);

export const peopleEndpoints = {
  listPeople,
  updatePerson,
  createReset,
  listInvites,
  createInvite,
  revokeInvite,
  listTokens,
  createToken,
  revokeToken,
  listAudit,
} satisfies Partial<Endpoints>;
