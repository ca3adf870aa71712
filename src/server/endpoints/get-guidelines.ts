import { findLatestGuideline } from '../../store/guidelines.ts';
import type { Handler } from '../endpoint.ts';

export const getGuidelines: Handler<'getGuidelines'> = async ({ studio }) => ({
  guideline: (await findLatestGuideline(studio.project.db)) ?? null,
});
