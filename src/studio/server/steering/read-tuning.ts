import { collectEvaluation } from '../../../judging/report/collect/evaluation.ts';
import { collectTuning } from '../../../judging/report/collect/tuning.ts';
import { nextCheckpoint } from '../../../method/tuning/train.ts';
import { listCheckpoints } from '../../../project/learning/checkpoints.ts';
import { listRuns } from '../../../project/learning/runs.ts';
import type { Project } from '../../../project/project.ts';
import type { Output } from '../../contract/client.ts';

/** A run, by default the one at work: it is shown from its first moment on, before it has a step or a checkpoint. */
export async function readTuning(project: Project, asked: string | undefined): Promise<Output<'getTuning'>> {
  const runs = await listRuns(project.db, { stage: 'tune' });
  if (asked !== undefined && !runs.some(({ id }) => id === asked)) return { tuning: null };
  const isTuning = (await project.holders()).some(({ stage }) => stage === 'tune');
  const atWork = isTuning ? runs.findLast(({ status }) => status === 'running') : undefined;
  const tuning = await collectTuning(project, { runId: asked ?? atWork?.id });
  if (!tuning) return { tuning: null };
  const own = (await listCheckpoints(project.db)).filter(({ runId }) => runId === tuning.runId);
  const evaluation = await collectEvaluation(project);
  const judged = evaluation?.contestants.some(({ modelHash }) => own.some((made) => made.modelHash === modelHash));
  const working = tuning.runId === atWork?.id;
  const settings = { ...project.config.tune, ...tuning.settings };
  return {
    tuning: {
      ...tuning,
      overSteps: judged ? evaluation!.overSteps : [],
      checkpoints: own.map(({ step, modelHash, createdAt }) => ({ step, modelHash, createdAt })),
      working,
      nextCheckpoint: (working ? nextCheckpoint(settings, tuning.steps) : undefined) ?? null,
    } as NonNullable<Output<'getTuning'>['tuning']>,
  };
}
