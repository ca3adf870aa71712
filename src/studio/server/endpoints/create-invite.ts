import { recordAudit } from '../../../project/people/audit.ts';
import { createInvite as storeInvite } from '../../../project/people/invites.ts';
import type { Handler } from '../endpoint.ts';

const HOUR_MS = 3_600_000;

export const createInvite: Handler<'createInvite'> = async ({ studio, caller, body }) => {
  const { role, uses, note, expiresInHours } = body;
  const expiresAt = new Date(Date.now() + expiresInHours * HOUR_MS).toISOString();
  const made = await storeInvite(studio.project.db, { role, uses, note, expiresAt, createdBy: caller.name });
  await recordAudit(studio.project.db, {
    actor: caller,
    action: 'invite.create',
    target: made.invite.id,
    detail: { role, uses, expiresAt },
  });
  return { ...made, path: `/join/${made.token}` };
};
