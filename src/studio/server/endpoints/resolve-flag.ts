import { recordAudit } from '../../../project/people/audit.ts';
import { resolveFlag as resolve } from '../../../project/rating/flags.ts';
import type { Handler } from '../endpoint.ts';
import { notFound } from '../failure.ts';

export const resolveFlag: Handler<'resolveFlag'> = async ({
  studio,
  caller,
  params: { id },
  query: { resolution },
}) => {
  const { db } = studio.project;
  if (!(await resolve(db, id, resolution, caller.id))) throw notFound(`open flag ${id}`);
  await recordAudit(db, { actor: caller, action: 'flag.resolve', target: id, detail: { resolution } });
  return { ok: true };
};
