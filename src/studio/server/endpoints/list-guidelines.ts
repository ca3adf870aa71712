import { listGuidelines as list } from '../../../project/rating/guidelines.ts';
import type { Handler } from '../endpoint.ts';

export const listGuidelines: Handler<'listGuidelines'> = async ({ studio }) => ({
  versions: await list(studio.project.db),
});
