// The chain from base model to tuned model: what each was made from, as the store recorded it.

import { listCheckpoints } from '../../../project/learning/checkpoints.ts';
import { readModelLineage } from '../../../project/learning/lineage.ts';
import { findLatestRewardModel, listRewardExamples } from '../../../project/learning/rewards.ts';
import type { Project } from '../../../project/project.ts';
import type { EvaluationReport } from '../../evaluation/report.ts';
import type { FeedbackData, LineageRow, TuningData } from '../data.ts';
import { count, counted, shortHash } from '../format.ts';

export async function collectLineage(
  { db, config }: Project,
  {
    feedback,
    tuning,
    evaluation,
  }: { feedback: FeedbackData | null; tuning: TuningData | null; evaluation: EvaluationReport | null },
): Promise<LineageRow[]> {
  const rows: LineageRow[] = [];
  const last = tuning ? (await listCheckpoints(db, tuning.runId)).at(-1) : undefined;
  const model = last ? await readModelLineage(db, last.modelHash) : null;
  const baseHash = model?.parent?.hash ?? evaluation?.contestants[0]?.modelHash;
  if (baseHash)
    rows.push({
      what: 'Base model',
      hash: baseHash,
      detail: config.model === 'embedded' ? 'ships with the package' : config.model,
    });
  if (feedback)
    rows.push({
      what: 'Answers',
      hash: '',
      detail: `${counted(feedback.rated, 'image')} of the base model, guideline ${feedback.guideline?.version ?? '–'}`,
    });
  const reward = await findLatestRewardModel(db);
  if (reward) {
    const parts = (await listRewardExamples(db, reward.hash)).map(({ part }) => part);
    const taught = parts.filter((part) => part === 'train').length;
    rows.push({
      what: 'Reward function',
      hash: reward.hash,
      detail: `taught by ${count(taught)} rated images, stopped by ${count(parts.length - taught)} (data ${shortHash(reward.dataHash)})`,
    });
  }
  if (tuning && last)
    rows.push({
      what: 'Tuned model',
      hash: last.modelHash,
      detail: `step ${last.step} of ${tuning.runId}${last.rewardHash ? `, reward ${shortHash(last.rewardHash)}` : ''}, data ${shortHash(last.dataHash)}`,
    });
  if (evaluation)
    rows.push({
      what: 'Evaluation',
      hash: evaluation.judgeHash,
      detail: `${evaluation.runId}: ${count(evaluation.images)} images, judged by this judge`,
    });
  return rows;
}
