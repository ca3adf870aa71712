import { createApiToken } from '../../../project/people/api-tokens.ts';
import { recordAudit } from '../../../project/people/audit.ts';
import type { Handler } from '../endpoint.ts';

const DAY_MS = 86_400_000;

export const createToken: Handler<'createToken'> = async ({ studio, caller, body }) => {
  const { name, role, expiresInDays } = body;
  const expiresAt = expiresInDays === null ? null : new Date(Date.now() + expiresInDays * DAY_MS).toISOString();
  const made = await createApiToken(studio.project.db, { name, role, expiresAt, createdBy: caller.name });
  await recordAudit(studio.project.db, {
    actor: caller,
    action: 'token.create',
    target: made.token.id,
    detail: { name, role, expiresAt },
  });
  return made;
};
