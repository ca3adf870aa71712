import { recordAudit } from '../../../project/people/audit.ts';
import { CollimateError } from '../../../util/errors.ts';
import { passCookies, translate } from '../accounts/sign-up.ts';
import type { Handler } from '../endpoint.ts';
import { countFailures } from '../failure-limit.ts';

export const changePassword: Handler<'changePassword'> = ({ studio, caller, body, context }) =>
  countFailures(studio, context, caller.email, async () => {
    if (caller.kind === 'machine')
      throw new CollimateError('FORBIDDEN', 'a token has no password', 'Sign in as a person.');
    const { headers } = await translate(() =>
      studio.auth.api.changePassword({
        body: { currentPassword: body.current, newPassword: body.password, revokeOtherSessions: true },
        headers: context.req.raw.headers,
        returnHeaders: true,
      }),
    );
    studio.sessions.forget();
    passCookies(context, headers);
    await recordAudit(studio.project.db, { actor: caller, action: 'password.change', target: caller.id, detail: {} });
    return { ok: true };
  });
