// Accounts, invitations, tokens and the audit log.

import { findAccount, listAccounts, updateAccount } from '../../../project/people/accounts.ts';
import { createApiToken, deleteApiToken, listApiTokens } from '../../../project/people/api-tokens.ts';
import { listAudit as listEntries, recordAudit } from '../../../project/people/audit.ts';
import {
  deleteInvite,
  listInvites as listStored,
  createInvite as storeInvite,
} from '../../../project/people/invites.ts';
import { CollimateError } from '../../../util/errors.ts';
import type { Endpoints, Handler } from '../endpoint.ts';
import { notFound } from '../failure.ts';

const listPeople: Handler<'listPeople'> = async ({ studio }) => ({
  people: await listAccounts(studio.project.db),
});

const updatePerson: Handler<'updatePerson'> = async ({ studio, caller, params, body }) => {
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

const listInvites: Handler<'listInvites'> = async ({ studio }) => ({
  invites: await listStored(studio.project.db),
});

const HOUR_MS = 3_600_000;

const createInvite: Handler<'createInvite'> = async ({ studio, caller, body }) => {
  const { role, uses, note, expiresInHours } = body;
  const expiresAt = new Date(Date.now() + expiresInHours * HOUR_MS).toISOString();
  const made = await storeInvite(studio.project.db, { role, uses, note, expiresAt, createdBy: caller.name });
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
  const expiresAt = expiresInDays === null ? null : new Date(Date.now() + expiresInDays * DAY_MS).toISOString();
  const made = await createApiToken(studio.project.db, { name, role, expiresAt, createdBy: caller.name });
  await recordAudit(studio.project.db, {
    actor: caller,
    action: 'token.create',
    target: made.token.id,
    detail: { name, role, expiresAt },
  });
  return made;
};

const revokeToken: Handler<'revokeToken'> = async ({ studio, caller, params: { id } }) => {
  if (!(await deleteApiToken(studio.project.db, id))) throw notFound(`token ${id}`);
  studio.sessions.forget();
  await recordAudit(studio.project.db, { actor: caller, action: 'token.revoke', target: id, detail: {} });
  return { ok: true };
};

const listAudit: Handler<'listAudit'> = ({ studio, query }) => listEntries(studio.project.db, query);

export const peopleEndpoints = {
  listPeople,
  updatePerson,
  listInvites,
  createInvite,
  revokeInvite,
  listTokens,
  createToken,
  revokeToken,
  listAudit,
} satisfies Partial<Endpoints>;
