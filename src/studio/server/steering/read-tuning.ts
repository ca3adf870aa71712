import { collectEvaluation } from '../../../judging/report/collect/evaluation.ts';
import { collectTuning } from '../../../judging/report/collect/tuning.ts';
import { listCheckpoints } from '../../../project/learning/checkpoints.ts';
import type { Project } from '../../../project/project.ts';
import type { Output } from '../../contract/client.ts';

export async function readTuning(project: Project, run: string | undefined): Promise<Output<'getTuning'>> {
  const checkpoints = await listCheckpoints(project.db);
  const asked = run === undefined ? undefined : checkpoints.find(({ runId }) => runId === run);
  if (run !== undefined && !asked) return { tuning: null };
  const tuning = await collectTuning(project, asked?.modelHash);
  if (!tuning) return { tuning: null };
  const own = checkpoints.filter(({ runId }) => runId === tuning.runId);
  const evaluation = await collectEvaluation(project);
  const judged = evaluation?.contestants.some(({ modelHash }) => own.some((made) => made.modelHash === modelHash));
  return {
    tuning: {
      ...tuning,
      overSteps: judged ? evaluation!.overSteps : [],
      checkpoints: own.map(({ step, modelHash, createdAt }) => ({ step, modelHash, createdAt })),
    } as NonNullable<Output<'getTuning'>['tuning']>,
  };
}
