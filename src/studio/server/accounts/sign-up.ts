// Making accounts and sessions through better-auth: its answers become ours, its cookies pass through.

import { APIError } from 'better-auth/api';
import type { Context } from 'hono';
import { admitAccount, removeAccount } from '../../../project/people/accounts.ts';
import { CollimateError } from '../../../util/errors.ts';
import type { User } from '../../contract/session.ts';
import type { Role } from '../../contract/shared.ts';
import type { Studio } from '../studio.ts';

export interface NewAccount {
  name: string;
  email: string;
  password: string;
}

/**
 * Makes an account with a role, and signs it in by a cookie on `context`.
 *
 * @throws CollimateError USAGE where the address has an account.
 */
export async function signUp(studio: Studio, context: Context, account: NewAccount, role: Role): Promise<User> {
  const { headers, response } = await translate(() =>
    studio.auth.api.signUpEmail({ body: account, headers: context.req.raw.headers, returnHeaders: true }),
  );
  const { id, name, email } = response.user;
  try {
    await admitAccount(studio.project.db, { id, name }, role);
  } catch (error) {
    await removeAccount(studio.project.db, id);
    throw error;
  }
  passCookies(context, headers);
  await studio.devices.remember(context, email);
  return { id, name, email, role };
}

/** Signs in by password. @throws CollimateError UNAUTHORIZED */
export async function signIn(
  studio: Studio,
  context: Context,
  credentials: { email: string; password: string },
): Promise<User> {
  const { headers, response } = await translate(() =>
    studio.auth.api.signInEmail({ body: credentials, headers: context.req.raw.headers, returnHeaders: true }),
  );
  const user = response.user as typeof response.user & { role: Role; disabled: number };
  if (user.disabled === 1)
    throw new CollimateError('FORBIDDEN', 'this account is closed', 'Ask an admin of the studio to open it.');
  passCookies(context, headers);
  await studio.devices.remember(context, user.email);
  return { id: user.id, name: user.name, email: user.email, role: user.role };
}

/** Hands better-auth's cookies on. */
export function passCookies(context: Context, headers: Headers): void {
  for (const cookie of headers.getSetCookie()) context.header('set-cookie', cookie, { append: true });
}

/** better-auth's refusals in our words. */
export async function translate<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof APIError)) throw error;
    const code = String(error.body?.code ?? '');
    if (code.startsWith('USER_ALREADY_EXISTS'))
      throw new CollimateError(
        'USAGE',
        'this e-mail address has an account already',
        'Sign in, or use another address.',
      );
    if (code === 'INVALID_EMAIL_OR_PASSWORD' || code === 'INVALID_PASSWORD')
      throw new CollimateError('UNAUTHORIZED', 'address or password is wrong', 'Try again, or ask an admin for help.');
    if (error.statusCode < 500)
      throw new CollimateError('USAGE', error.body?.message ?? 'this was refused', 'Check what you entered.');
    throw error;
  }
}
