import { listAccounts } from '../../../project/people/accounts.ts';
import type { Handler } from '../endpoint.ts';

export const listPeople: Handler<'listPeople'> = async ({ studio }) => ({
  people: await listAccounts(studio.project.db),
});
