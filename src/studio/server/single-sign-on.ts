// Signing in by an OpenID Connect provider, for people who have an account: better-auth does the protocol, with PKCE; these two
// addresses are where a browser leaves and comes back.

import type { OpenAPIHono } from '@hono/zod-openapi';
import type { GenericOAuthConfig } from 'better-auth/plugins';
import type { Context } from 'hono';
import { findAccount } from '../../project/people/accounts.ts';
import { recordAudit } from '../../project/people/audit.ts';
import { passCookies } from './accounts/sign-up.ts';
import { basePathOf } from './base-path.ts';
import type { Studio } from './studio.ts';

export interface SingleSignOn {
  /** Such as `https://login.example.org/realms/lab`. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string | undefined;
  /** What its button says. */
  readonly name: string;
}

const PROVIDER = 'oidc';
const CALLBACK = '/api/sign-in/callback';

/** What better-auth is to know of the provider. Nobody gets an account by it alone: roles come by invitations. */
export function toProvider({ issuer, clientId, clientSecret }: SingleSignOn, baseUrl: string): GenericOAuthConfig {
  return {
    providerId: PROVIDER,
    discoveryUrl: `${issuer.replace(/\/+$/, '')}/.well-known/openid-configuration`,
    clientId,
    ...(clientSecret !== undefined && { clientSecret }),
    scopes: ['openid', 'email', 'profile'],
    redirectURI: baseUrl.replace(/\/+$/, '') + CALLBACK,
    pkce: true,
    disableSignUp: true,
  };
}

/** Adds the two addresses. */
export function mountSingleSignOn(app: OpenAPIHono, studio: Studio, publicUrl: string): void {
  const base = basePathOf(publicUrl);
  const failed = `${base}/sign-in?failed=sso`;
  app.get('/api/sign-in/sso', async (context) => {
    const { headers, response } = await studio.auth.api.signInWithOAuth2({
      body: { providerId: PROVIDER, callbackURL: `${base}/`, errorCallbackURL: failed },
      headers: context.req.raw.headers,
      returnHeaders: true,
    });
    passCookies(context, headers);
    return context.redirect(response.url);
  });
  app.get(CALLBACK, async (context) => {
    const answer = await comeBack(studio, context);
    passCookies(context, answer.headers);
    const to = answer.headers.get('location');
    const user = await findSignedIn(studio, answer.headers);
    if (!user || to === null) return context.redirect(failed);
    const detail = { by: 'single sign-on' };
    await recordAudit(studio.project.db, { actor: user, action: 'session.sign-in', target: user.id, detail });
    return context.redirect(to);
  });
}

/** A refusal of the provider, or of an address that has no account here, comes as a redirection without a session. */
function comeBack(studio: Studio, context: Context): Promise<Response> {
  return studio.auth.api.oAuth2Callback({
    params: { providerId: PROVIDER },
    query: context.req.query(),
    headers: context.req.raw.headers,
    asResponse: true,
  });
}

/** Whose session the cookies open that were just set. */
async function findSignedIn(studio: Studio, headers: Headers) {
  const cookie = headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  const session = await studio.auth.api.getSession({ headers: new Headers({ cookie }) });
  const account = session && (await findAccount(studio.project.db, session.user.id));
  return account && account.disabled === 0 ? account : undefined;
}
