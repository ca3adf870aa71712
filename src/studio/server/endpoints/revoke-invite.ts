import { recordAudit } from '../../../project/people/audit.ts';
import { deleteInvite } from '../../../project/people/invites.ts';
import type { Handler } from '../endpoint.ts';
import { notFound } from '../failure.ts';

export const revokeInvite: Handler<'revokeInvite'> = async ({ studio, caller, params: { id } }) => {
  if (!(await deleteInvite(studio.project.db, id))) throw notFound(`invitation ${id}`);
  await recordAudit(studio.project.db, { actor: caller, action: 'invite.revoke', target: id, detail: {} });
  return { ok: true };
};
