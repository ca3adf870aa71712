import { recordAudit } from '../../../project/people/audit.ts';
import { signUp } from '../accounts/sign-up.ts';
import type { Handler } from '../endpoint.ts';
import { countFailures } from '../failure-limit.ts';

export const setUp: Handler<'setUp'> = ({ studio, body: { token, ...account }, context }) =>
  countFailures(studio, context, 'set-up', async () => {
    const user = await studio.setUp.use(token, () => signUp(studio, context, account, 'owner'));
    await recordAudit(studio.project.db, { actor: user, action: 'studio.set-up', target: user.id, detail: {} });
    return { user };
  });
