import { recordAudit } from '../../../project/people/audit.ts';
import type { Handler } from '../endpoint.ts';

export const startJob: Handler<'startJob'> = async ({ studio, caller, body: { kind, options } }) => {
  const job = await studio.jobs.start(kind, options, caller.name);
  await recordAudit(studio.project.db, {
    actor: caller,
    action: 'job.start',
    target: job.id,
    detail: { kind, options },
  });
  return job;
};
