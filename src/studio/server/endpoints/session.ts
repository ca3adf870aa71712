// Who is calling: set-up, signing in and out, invitations.

import { basename } from 'node:path';
import { recordAudit } from '../../../project/people/audit.ts';
import { claimInvite, unclaimInvite } from '../../../project/people/invites.ts';
import { CollimateError } from '../../../util/errors.ts';
import { requireInvite } from '../accounts/require-invite.ts';
import { passCookies, signIn as signInByPassword, signUp, translate } from '../accounts/sign-up.ts';
import { readCaller } from '../caller.ts';
import type { Endpoints, Handler } from '../endpoint.ts';
import { countFailures } from '../failure-limit.ts';

/** The caller, without refusing anybody: a cookie that is over is a stranger's. */
const getSession: Handler<'getSession'> = async ({ studio, context }) => {
  const caller = await readCaller(studio, context).catch(() => null);
  return {
    setUpNeeded: studio.setUp.token !== null,
    user: caller && { id: caller.id, name: caller.name, email: caller.email, role: caller.role },
    project: { name: basename(studio.project.dir) },
    version: studio.version,
  };
};

const setUp: Handler<'setUp'> = ({ studio, body: { token, ...account }, context }) =>
  countFailures(studio, context, 'set-up', async () => {
    const user = await studio.setUp.use(token, () => signUp(studio, context, account, 'owner'));
    await recordAudit(studio.project.db, { actor: user, action: 'studio.set-up', target: user.id, detail: {} });
    return { user };
  });

const signIn: Handler<'signIn'> = ({ studio, body, context }) =>
  countFailures(studio, context, body.email.toLowerCase(), async () => ({
    user: await signInByPassword(studio, context, body),
  }));

const signOut: Handler<'signOut'> = async ({ studio, context }) => {
  const { headers } = await studio.auth.api.signOut({ headers: context.req.raw.headers, returnHeaders: true });
  passCookies(context, headers);
  return { ok: true };
};

const changePassword: Handler<'changePassword'> = ({ studio, caller, body, context }) =>
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
    passCookies(context, headers);
    await recordAudit(studio.project.db, { actor: caller, action: 'password.change', target: caller.id, detail: {} });
    return { ok: true };
  });

const getInvite: Handler<'getInvite'> = ({ studio, params, context }) =>
  countFailures(studio, context, 'invite', async () => {
    const { role, expiresAt } = await requireInvite(studio.project.db, params.token);
    return { role, expiresAt, project: basename(studio.project.dir) };
  });

const acceptInvite: Handler<'acceptInvite'> = ({ studio, params, body, context }) =>
  countFailures(studio, context, 'invite', async () => {
    const { db } = studio.project;
    const { id, role } = await requireInvite(db, params.token);
    if (!(await claimInvite(db, id)))
      throw new CollimateError('EXPIRED', 'this invitation has been used up', 'Ask who sent it for a new one.');
    try {
      const user = await signUp(studio, context, body, role);
      await recordAudit(db, { actor: user, action: 'invite.accept', target: id, detail: { role } });
      return { user };
    } catch (error) {
      await unclaimInvite(db, id);
      throw error;
    }
  });

export const sessionEndpoints = {
  getSession,
  setUp,
  signIn,
  signOut,
  changePassword,
  getInvite,
  acceptInvite,
} satisfies Partial<Endpoints>;
