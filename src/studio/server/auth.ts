// better-auth over the project's own database: passwords, sessions, cookies. Only our endpoints call it; its own routes
// are not served. Roles and invitations are ours.

import { betterAuth } from 'better-auth';
import { genericOAuth } from 'better-auth/plugins';
import type { Database } from '../../project/database/database.ts';
import { basePathOf } from './base-path.ts';
import { type SingleSignOn, toProvider } from './single-sign-on.ts';

const THIRTY_DAYS_S = 30 * 24 * 3600;

export interface AuthOptions {
  /** Signs cookies. */
  secret: string;
  /** The public address, such as `https://studio.example.org/dogs`. */
  baseUrl: string;
  /** Who else says who somebody is. */
  singleSignOn: SingleSignOn | undefined;
}

export type Auth = ReturnType<typeof createAuth>;

/** Makes the authenticator. Times are stored as text and flags as 0 or 1 in either database. */
export function createAuth(db: Database, { secret, baseUrl, singleSignOn }: AuthOptions) {
  const secure = baseUrl.startsWith('https:');
  // Studios below one host name have cookies of their own.
  const path = basePathOf(baseUrl) || '/';
  return betterAuth({
    appName: 'Collimate',
    secret,
    baseURL: new URL(baseUrl).origin,
    telemetry: { enabled: false },
    logger: { disabled: true },
    database: { db, type: 'sqlite', transaction: false },
    emailAndPassword: { enabled: true, minPasswordLength: 8, maxPasswordLength: 128 },
    session: { modelName: 'sessions', expiresIn: THIRTY_DAYS_S, disableSessionRefresh: true },
    account: {
      modelName: 'accounts',
      // Addresses are checked by nobody here; the provider has to have checked them.
      accountLinking: { requireLocalEmailVerified: false },
    },
    verification: { modelName: 'verifications' },
    user: {
      modelName: 'users',
      additionalFields: {
        role: { type: 'string', input: false, defaultValue: 'viewer' },
        disabled: { type: 'number', input: false, defaultValue: 0 },
      },
    },
    plugins: [genericOAuth({ config: singleSignOn ? [toProvider(singleSignOn, baseUrl)] : [] })],
    rateLimit: { enabled: false },
    advanced: {
      // Where people sit is kept in no session.
      ipAddress: { disableIpTracking: true },
      cookiePrefix: 'collimate',
      useSecureCookies: secure,
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax', path, secure },
    },
  });
}
