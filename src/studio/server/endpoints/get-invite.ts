import { basename } from 'node:path';
import { requireInvite } from '../accounts/require-invite.ts';
import type { Handler } from '../endpoint.ts';
import { countFailures } from '../failure-limit.ts';

export const getInvite: Handler<'getInvite'> = ({ studio, params, context }) =>
  countFailures(studio, context, 'invite', async () => {
    const { role, expiresAt } = await requireInvite(studio.project.db, params.token);
    return { role, expiresAt, project: basename(studio.project.dir) };
  });
