import { findLatestGuideline } from '../../../project/rating/guidelines.ts';
import type { Handler } from '../endpoint.ts';

export const nextItems: Handler<'nextItems'> = async ({ studio, caller, body }) => ({
  items: await studio.desk.next(caller.id, body),
  progress: await studio.desk.progress(caller.id),
  guidelineVersion: (await findLatestGuideline(studio.project.db))?.version ?? 0,
});
