// Who is there: set-up by the one-time token, signing in and out, taking an invitation.

import { z } from 'zod';
import type { Operation } from './operation.ts';
import { linkParams, ok, role, shownName, time } from './shared.ts';

const email = z.email().max(254);
const password = z.string().min(8, 'at least 8 characters').max(128);
const newAccount = { name: shownName, email, password };

export const user = z.object({ id: z.string(), name: z.string(), email: z.string(), role });
export type User = z.infer<typeof user>;

const tag = 'Session';
export const sessionOperations = {
  getSession: {
    access: 'public',
    tag,
    summary: 'Say who is signed in, and whether the studio is set up',
    response: z.object({
      setUpNeeded: z.boolean(),
      user: user.nullable(),
      project: z.object({ name: z.string() }),
      version: z.string(),
      singleSignOn: z.string().nullable().describe('What the button says that signs in at /api/sign-in/sso'),
      asks: z
        .object({ scale: z.enum(['none', 'alignment', 'all']), bestOfSheet: z.boolean() })
        .describe('What raters are asked beside good and bad'),
    }),
  },
  setUp: {
    access: 'public',
    tag,
    summary: 'Make the owner by the one-time token of the start, and sign in',
    body: z.strictObject({ token: z.string().min(1).max(100), ...newAccount }),
    response: z.object({ user }),
  },
  signIn: {
    access: 'public',
    tag,
    summary: 'Sign in',
    body: z.strictObject({ email, password: z.string().min(1).max(128) }),
    response: z.object({ user }),
  },
  signOut: { access: 'session', tag, summary: 'Sign out', response: ok },
  changePassword: {
    access: 'session',
    tag,
    summary: 'Change the own password; other sessions end',
    body: z.strictObject({ current: z.string().min(1).max(128), password }),
    response: ok,
  },
  getInvite: {
    access: 'public',
    tag,
    summary: 'Look at an invitation',
    params: linkParams,
    response: z.object({ role, project: z.string(), expiresAt: time }),
  },
  acceptInvite: {
    access: 'public',
    tag,
    summary: 'Make an account by an invitation, and sign in',
    params: linkParams,
    body: z.strictObject(newAccount),
    response: z.object({ user }),
  },
  getReset: {
    access: 'public',
    tag,
    summary: 'Look at a link by which a forgotten password is set anew',
    params: linkParams,
    response: z.object({ name: z.string(), email: z.string(), project: z.string(), expiresAt: time }),
  },
  useReset: {
    access: 'public',
    tag,
    summary: 'Set a forgotten password anew by a link, once, and sign in; other sessions end',
    params: linkParams,
    body: z.strictObject({ password }),
    response: z.object({ user }),
  },
} as const satisfies Record<string, Operation>;
