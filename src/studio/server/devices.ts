// Browsers that have signed in to an account before: each keeps a signed cookie for it, by which its attempts at the password
// are counted apart from everybody else's. It opens nothing by itself.

import { randomBytes } from 'node:crypto';
import type { Context } from 'hono';
import { getSignedCookie, setSignedCookie } from 'hono/cookie';
import { sha256 } from '../../util/hash.ts';
import { basePathOf } from './base-path.ts';

const YEAR_S = 365 * 24 * 3600;

export interface Devices {
  /** Remembers the browser for the account of an address. */
  remember(context: Context, email: string): Promise<void>;
  /** The identifier of a browser that has signed in to this account before. */
  find(context: Context, email: string): Promise<string | undefined>;
}

export function createDevices(secret: string, baseUrl: string): Devices {
  const secure = baseUrl.startsWith('https:');
  const path = basePathOf(baseUrl) || '/';
  // Apart from the signature of sessions: a cookie of one kind must not pass as one of the other.
  const key = `${secret} device`;
  return {
    async remember(context, email) {
      const account = digest(email);
      const value = `${account}.${randomBytes(9).toString('base64url')}`;
      const options = { path, httpOnly: true, sameSite: 'Lax', secure, maxAge: YEAR_S } as const;
      await setSignedCookie(context, nameOf(account), value, key, options);
    },
    async find(context, email) {
      const account = digest(email);
      const value = await getSignedCookie(context, key, nameOf(account));
      // The account stands in what is signed, since the name of a cookie is not.
      const [own, id] = value ? value.split('.') : [];
      return own === account ? id : undefined;
    },
  };
}

const digest = (email: string) => sha256(email.toLowerCase()).slice(0, 16);
const nameOf = (account: string) => `collimate.device-${account}`;
