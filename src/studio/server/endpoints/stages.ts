// What the stages came to: reward, tuning, evaluation.

import { listRuns } from '../../../project/learning/runs.ts';
import type { Endpoints, Handler } from '../endpoint.ts';
import { notFound } from '../failure.ts';

const getReward: Handler<'getReward'> = ({ studio }) => studio.reader.read('reward', null);

const listTuningRuns: Handler<'listTuningRuns'> = async ({ studio }) => {
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

const getTuning: Handler<'getTuning'> = async ({ studio, query: { run } }) => {
  const result = await studio.reader.read('tuning', run);
  if (run !== undefined && result.tuning === null) throw notFound(`tuning run ${run}`);
  return result;
};

const getEvaluation: Handler<'getEvaluation'> = ({ studio }) => studio.reader.read('evaluation', null);

export const stageEndpoints = {
  getReward,
  listTuningRuns,
  getTuning,
  getEvaluation,
} satisfies Partial<Endpoints>;
