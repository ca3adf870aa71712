import { listRuns } from '../../../project/learning/runs.ts';
import type { Handler } from '../endpoint.ts';

export const listTuningRuns: Handler<'listTuningRuns'> = async ({ studio }) => {
  const runs = await listRuns(studio.project.db, { stage: 'tune' });
  return {
    runs: runs.reverse().map(({ id, config, status, startedAt, finishedAt }) => ({
      id,
      name: String(config.name ?? 'tuned'),
      status,
      startedAt,
      finishedAt,
    })),
  };
};
