import { recordAudit } from '../../../project/people/audit.ts';
import { closeStudy as close } from '../../../project/studies/studies.ts';
import type { Handler } from '../endpoint.ts';
import { requireStudyById } from '../studies/require-study.ts';

export const closeStudy: Handler<'closeStudy'> = async ({ studio, caller, params }) => {
  const { db } = studio.project;
  const study = await requireStudyById(db, params.id);
  await close(db, study.id);
  await recordAudit(db, { actor: caller, action: 'study.close', target: study.name, detail: {} });
  return { ok: true };
};
