import { passCookies } from '../accounts/sign-up.ts';
import type { Handler } from '../endpoint.ts';

export const signOut: Handler<'signOut'> = async ({ studio, context }) => {
  const { headers } = await studio.auth.api.signOut({ headers: context.req.raw.headers, returnHeaders: true });
  studio.sessions.forget();
  passCookies(context, headers);
  return { ok: true };
};
