import { parseComparisons } from '../../../judging/verdict/plan.ts';
import { recordAudit } from '../../../project/people/audit.ts';
import { findStudy } from '../../../project/studies/studies.ts';
import { CollimateError } from '../../../util/errors.ts';
import type { Handler } from '../endpoint.ts';

export const createStudy: Handler<'createStudy'> = async ({ studio, caller, body }) => {
  parseComparisons(body.compare);
  if (await findStudy(studio.project.db, body.name))
    throw new CollimateError('USAGE', `a study is called ${body.name} already`, 'Give the new one another name.');
  const job = await studio.jobs.start('evaluate human', body, caller.name);
  await recordAudit(studio.project.db, { actor: caller, action: 'study.create', target: body.name, detail: body });
  return job;
};
