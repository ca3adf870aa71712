import { listApiTokens } from '../../../project/people/api-tokens.ts';
import type { Handler } from '../endpoint.ts';

export const listTokens: Handler<'listTokens'> = async ({ studio }) => ({
  tokens: await listApiTokens(studio.project.db),
});
