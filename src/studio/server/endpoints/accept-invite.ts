import { recordAudit } from '../../../project/people/audit.ts';
import { claimInvite, unclaimInvite } from '../../../project/people/invites.ts';
import { CollimateError } from '../../../util/errors.ts';
import { requireInvite } from '../accounts/require-invite.ts';
import { signUp } from '../accounts/sign-up.ts';
import type { Handler } from '../endpoint.ts';
import { countFailures } from '../failure-limit.ts';

export const acceptInvite: Handler<'acceptInvite'> = ({ studio, params, body, context }) =>
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
