import { deleteApiToken } from '../../../project/people/api-tokens.ts';
import { recordAudit } from '../../../project/people/audit.ts';
import type { Handler } from '../endpoint.ts';
import { notFound } from '../failure.ts';

export const revokeToken: Handler<'revokeToken'> = async ({ studio, caller, params: { id } }) => {
  if (!(await deleteApiToken(studio.project.db, id))) throw notFound(`token ${id}`);
  studio.sessions.forget();
  await recordAudit(studio.project.db, { actor: caller, action: 'token.revoke', target: id, detail: {} });
  return { ok: true };
};
