import { findLatestGuideline } from '../../../project/rating/guidelines.ts';
import type { Handler } from '../endpoint.ts';

export const getGuidelines: Handler<'getGuidelines'> = async ({ studio }) => ({
  guideline: (await findLatestGuideline(studio.project.db)) ?? null,
});
