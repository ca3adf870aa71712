import { recordAudit } from '../../../project/people/audit.ts';
import type { Handler } from '../endpoint.ts';

export const cancelJob: Handler<'cancelJob'> = async ({ studio, caller, params: { id } }) => {
  await studio.jobs.cancel(id);
  await recordAudit(studio.project.db, { actor: caller, action: 'job.cancel', target: id, detail: {} });
  return { ok: true };
};
