import { listGoldAnswers } from '../../../project/rating/gold.ts';
import type { Handler } from '../endpoint.ts';

export const listGold: Handler<'listGold'> = async ({ studio }) => ({
  gold: await listGoldAnswers(studio.project.db),
});
