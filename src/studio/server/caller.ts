// Who calls: a person by the session's cookie, or a machine by its token; and whether that is enough.

import type { Context } from 'hono';
import { touchApiToken } from '../../project/people/api-tokens.ts';
import { CollimateError } from '../../util/errors.ts';
import type { Access } from '../contract/operation.ts';
import type { Role } from '../contract/shared.ts';
import type { Studio } from './studio.ts';

export interface Caller {
  /** Also the identifier of the caller's rater. */
  readonly id: string;
  /** The account: of a person their own, of a token its maker's. */
  readonly accountId: string;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly kind: 'person' | 'machine';
}

const HOUR_MS = 3_600_000;

const ALLOWED: Readonly<Record<Exclude<Access, 'public'>, readonly Role[]>> = {
  session: ['owner', 'admin', 'rater', 'viewer'],
  rater: ['owner', 'admin', 'rater'],
  viewer: ['owner', 'admin', 'viewer'],
  admin: ['owner', 'admin'],
  owner: ['owner'],
};

/**
 * The caller of a request; null for a stranger. The database is asked each time, so that whoever was closed, demoted or signed
 * out is so at once, in whichever studio of the project that was done.
 *
 * @throws CollimateError UNAUTHORIZED for a token that is none.
 */
export async function readCaller(studio: Studio, context: Context): Promise<Caller | null> {
  const bearer = context.req.header('authorization')?.match(/^Bearer (\S{1,200})$/)?.[1];
  if (bearer) return readMachine(studio, bearer);
  const token = await studio.readSessionToken(context);
  return token === undefined ? null : readPerson(studio, token);
}

async function readMachine({ project: { db }, callers }: Studio, secret: string): Promise<Caller> {
  const token = await callers.machine(secret);
  if (!token)
    throw new CollimateError(
      'UNAUTHORIZED',
      'this token is unknown, revoked or over, or who made it is no longer an admin here',
      'Ask an admin for a new one.',
    );
  // A write waits for the disk, so the time of use is kept to the hour.
  const used = token.lastUsedAt === null ? 0 : Date.parse(token.lastUsedAt);
  if (Date.now() - used > HOUR_MS) await touchApiToken(db, token.id);
  const { id, name, role, accountId } = token;
  return { id, accountId: accountId!, name, email: '', role, kind: 'machine' };
}

async function readPerson({ callers }: Studio, token: string): Promise<Caller | null> {
  const account = await callers.person(token);
  if (!account) return null;
  const { id, name, email, role } = account;
  return { id, accountId: id, name, email, role, kind: 'person' };
}

/**
 * The caller, if they may do what asks for `access`.
 *
 * @throws CollimateError UNAUTHORIZED for a stranger, FORBIDDEN for another role.
 */
export function requireAccess(caller: Caller | null, access: Access): Caller | null {
  if (access === 'public') return caller;
  if (!caller) throw new CollimateError('UNAUTHORIZED', 'nobody is signed in', 'Sign in, or send a token.');
  if (ALLOWED[access].includes(caller.role)) return caller;
  throw new CollimateError(
    'FORBIDDEN',
    `this asks for ${ALLOWED[access].slice(0, -1).join(', ')} or ${ALLOWED[access].at(-1)}; you are ${caller.role}`,
    'Ask the owner of the studio for another role.',
  );
}
