import { recordAudit } from '../../../project/people/audit.ts';
import { addGuideline, findLatestGuideline } from '../../../project/rating/guidelines.ts';
import type { Handler } from '../endpoint.ts';

export const putGuidelines: Handler<'putGuidelines'> = async ({ studio, caller, body }) => {
  const { db } = studio.project;
  const version = await addGuideline(db, body.text);
  await recordAudit(db, { actor: caller, action: 'guidelines.write', target: String(version), detail: {} });
  return { guideline: (await findLatestGuideline(db))! };
};
