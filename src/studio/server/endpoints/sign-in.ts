import { signIn as signInByPassword } from '../accounts/sign-up.ts';
import type { Handler } from '../endpoint.ts';
import { countFailures } from '../failure-limit.ts';

export const signIn: Handler<'signIn'> = ({ studio, body, context }) =>
  countFailures(studio, context, body.email.toLowerCase(), async () => ({
    user: await signInByPassword(studio, context, body),
  }));
