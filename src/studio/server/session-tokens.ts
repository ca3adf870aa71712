// Which session a cookie names. Only its signature is looked at here: whether the session and its account are still good is
// asked of the database at every request.

import type { Context } from 'hono';
import { getSignedCookie } from 'hono/cookie';

const NAME = 'collimate.session_token';

/** The value of the session's cookie; cookies of other programs on the same host are no business of ours. */
const COOKIE = /(?:^|;\s*)((?:__Secure-)?collimate\.session_token=[^;\s]{1,500})/;

/** The session's cookie of a request as it is sent, if there is one. */
export function readSessionCookie(context: Context): string | undefined {
  return context.req.header('cookie')?.match(COOKIE)?.[1];
}

/** Reads the token of the session that a request's cookie names; undefined where it is none of ours. */
export type ReadSessionToken = (context: Context) => Promise<string | undefined>;

/** better-auth signs its cookies as hono does: the value, a dot, and HMAC-SHA256 in base64. */
export function createSessionTokens(secret: string, secure: boolean): ReadSessionToken {
  return async (context) => (await getSignedCookie(context, secret, NAME, secure ? 'secure' : undefined)) || undefined;
}
