import { listInvites as listStored } from '../../../project/people/invites.ts';
import type { Handler } from '../endpoint.ts';

export const listInvites: Handler<'listInvites'> = async ({ studio }) => ({
  invites: await listStored(studio.project.db),
});
