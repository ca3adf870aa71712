// Accounts, invitations, tokens for machines, and the record of who changed what.

import { z } from 'zod';
import type { Operation } from './operation.ts';
import { cursor, id, ok, record, role, rows, shownName, time } from './shared.ts';

const byId = z.object({ id });
const givenRole = z.enum(['admin', 'rater', 'viewer']);

const person = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  role,
  disabled: z.boolean(),
  createdAt: time,
  answers: z.int(),
});

const invite = z.object({
  id: z.string(),
  role: givenRole,
  note: z.string(),
  uses: z.int(),
  usesLeft: z.int(),
  expiresAt: time,
  createdAt: time,
  createdBy: z.string(),
});

const apiToken = z.object({
  id: z.string(),
  name: z.string(),
  role: givenRole,
  createdAt: time,
  createdBy: z.string(),
  lastUsedAt: time.nullable(),
  works: z.boolean().describe('False where its maker is not known, closed, or no longer an admin: it is refused'),
  expiresAt: time.nullable(),
});

const tag = 'People';
export const peopleOperations = {
  listPeople: {
    access: 'admin',
    tag,
    summary: 'List accounts',
    response: z.object({ people: z.array(person) }),
  },
  updatePerson: {
    access: 'admin',
    tag,
    summary: 'Change a role, or close or open an account',
    params: byId,
    body: z.strictObject({ role: givenRole.optional(), disabled: z.boolean().optional() }),
    response: person,
  },
  createReset: {
    access: 'admin',
    tag,
    summary: 'Make a link by which a person sets a forgotten password anew; it is shown this once',
    params: byId,
    response: z.object({
      token: z.string(),
      path: z.string().describe('Path of the page that takes it'),
      expiresAt: time,
    }),
  },
  listInvites: {
    access: 'admin',
    tag,
    summary: 'List invitations that can still be taken',
    response: z.object({ invites: z.array(invite) }),
  },
  createInvite: {
    access: 'admin',
    tag,
    summary: 'Make an invitation link; it is shown this once',
    body: z.strictObject({
      role: givenRole,
      uses: z.int().min(1).max(1000).default(1),
      expiresInHours: z
        .number()
        .min(1)
        .max(24 * 90)
        .default(72),
      note: z.string().max(200).default(''),
    }),
    response: z.object({ invite, token: z.string(), path: z.string().describe('Path of the page that takes it') }),
  },
  revokeInvite: { access: 'admin', tag, summary: 'Take an invitation back', params: byId, response: ok },
  listTokens: {
    access: 'admin',
    tag,
    summary: 'List tokens for machines',
    response: z.object({ tokens: z.array(apiToken) }),
  },
  createToken: {
    access: 'admin',
    tag,
    summary: 'Make a token for a machine; it is shown this once',
    body: z.strictObject({
      name: shownName,
      role: givenRole,
      expiresInDays: z.number().min(1).max(3650).nullable().default(null),
    }),
    response: z.object({ token: apiToken, secret: z.string() }),
  },
  revokeToken: { access: 'admin', tag, summary: 'Revoke a token', params: byId, response: ok },
  listAudit: {
    access: 'admin',
    tag,
    summary: 'List who changed what, the latest first',
    query: z.object({ cursor: cursor.optional(), limit: rows(200, 50) }),
    response: z.object({
      entries: z.array(
        z.object({
          id: z.string(),
          at: time,
          actor: z.object({ id: z.string(), name: z.string() }),
          action: z.string(),
          target: z.string(),
          targetName: z.string().nullable().describe('The person, or the prompt of the image, while there is one'),
          detail: record,
        }),
      ),
      next: z.string().nullable(),
    }),
  },
} as const satisfies Record<string, Operation>;
