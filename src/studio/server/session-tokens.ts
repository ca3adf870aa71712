// Which session a cookie names. Its signature is checked once and remembered, since that never changes; whether the session
// and its account are still good is asked of the database at every request.

import type { Context } from 'hono';
import { sha256 } from '../../util/hash.ts';
import type { Auth } from './auth.ts';

const MOST = 5_000;

/** The value of the session's cookie; cookies of other programs on the same host are no business of ours. */
const COOKIE = /(?:^|;\s*)((?:__Secure-)?collimate\.session_token=[^;\s]{1,500})/;

/** The session's cookie of a request as it is sent, if there is one. */
export function readSessionCookie(context: Context): string | undefined {
  return context.req.header('cookie')?.match(COOKIE)?.[1];
}

export interface SessionTokens {
  /** The token of the session that a cookie names; null for one that is not ours. */
  find(cookie: string): Promise<string | null>;
}

export function createSessionTokens(auth: Auth): SessionTokens {
  const known = new Map<string, string>();
  return {
    async find(cookie) {
      const key = sha256(cookie);
      const found = known.get(key);
      if (found !== undefined) return found;
      const session = await auth.api.getSession({ headers: new Headers({ cookie }) });
      if (!session) return null;
      if (known.size >= MOST) known.delete(known.keys().next().value!);
      known.set(key, session.session.token);
      return session.session.token;
    },
  };
}
