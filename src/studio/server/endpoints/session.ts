// Who is calling: set-up, signing in and out, invitations.

import { basename } from 'node:path';
import { recordAudit } from '../../../project/people/audit.ts';
import { claimInvite, unclaimInvite } from '../../../project/people/invites.ts';
import { claimPasswordReset } from '../../../project/people/password-resets.ts';
import { CollimateError } from '../../../util/errors.ts';
import { requireInvite } from '../accounts/require-invite.ts';
import { requireReset, resetIsOver } from '../accounts/require-reset.ts';
import { setPassword } from '../accounts/set-password.ts';
import { passCookies, signIn as signInByPassword, signUp, translate } from '../accounts/sign-up.ts';
import { tryPassword } from '../attempts.ts';
import { readCaller } from '../caller.ts';
import type { Endpoints, Handler } from '../endpoint.ts';

/** The caller, without refusing anybody: a cookie that is over is a stranger's. */
const getSession: Handler<'getSession'> = async ({ studio, context }) => {
  const caller = await readCaller(studio, context).catch((error: unknown) => {
    if (error instanceof CollimateError && error.code === 'UNAUTHORIZED') return null;
    throw error;
  });
  const { scale, bestOfSheet } = studio.readProjectConfig().config.studio;
  return {
    setUpNeeded: studio.setUp.token !== null,
    user: caller && { id: caller.id, name: caller.name, email: caller.email, role: caller.role },
    project: { name: basename(studio.project.dir) },
    version: studio.version,
    singleSignOn: studio.singleSignOnName,
    asks: { scale, bestOfSheet },
  };
};

const setUp: Handler<'setUp'> = ({ studio, body: { token, ...account }, context }) =>
  // No limit on guesses: a token of 144 bits is not guessed.
  studio.setUp.use(token, async () => {
    const user = await signUp(studio, context, account, 'owner');
    await recordAudit(studio.project.db, { actor: user, action: 'studio.set-up', target: user.id, detail: {} });
    return { user };
  });

const signIn: Handler<'signIn'> = ({ studio, body, context }) =>
  tryPassword(studio, context, { email: body.email }, async () => {
    const user = await signInByPassword(studio, context, body);
    await recordAudit(studio.project.db, { actor: user, action: 'session.sign-in', target: user.id, detail: {} });
    return { user };
  });

const signOut: Handler<'signOut'> = async ({ studio, caller, context }) => {
  const { headers } = await studio.auth.api.signOut({ headers: context.req.raw.headers, returnHeaders: true });
  passCookies(context, headers);
  await recordAudit(studio.project.db, { actor: caller, action: 'session.sign-out', target: caller.id, detail: {} });
  return { ok: true };
};

const changePassword: Handler<'changePassword'> = ({ studio, caller, body, context }) =>
  tryPassword(studio, context, { account: caller.id }, async () => {
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

const getInvite: Handler<'getInvite'> = async ({ studio, params }) => {
  const { role, expiresAt } = await requireInvite(studio.project.db, params.token);
  return { role, expiresAt, project: basename(studio.project.dir) };
};

const acceptInvite: Handler<'acceptInvite'> = async ({ studio, params, body, context }) => {
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
};

const getReset: Handler<'getReset'> = async ({ studio, params }) => {
  const { account, expiresAt } = await requireReset(studio.project.db, params.token);
  return { name: account.name, email: account.email, project: basename(studio.project.dir), expiresAt };
};

const useReset: Handler<'useReset'> = async ({ studio, params, body, context }) => {
  const { db } = studio.project;
  const { account } = await requireReset(db, params.token);
  if (!(await claimPasswordReset(db, params.token))) throw resetIsOver();
  const ended = await setPassword(db, account.id, body.password);
  await recordAudit(db, { actor: account, action: 'password.reset', target: account.id, detail: { ended } });
  return { user: await signInByPassword(studio, context, { email: account.email, password: body.password }) };
};

export const sessionEndpoints = {
  getSession,
  setUp,
  signIn,
  signOut,
  changePassword,
  getInvite,
  acceptInvite,
  getReset,
  useReset,
} satisfies Partial<Endpoints>;
