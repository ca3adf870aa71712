import { collectEvaluation } from '../../../judging/report/collect/evaluation.ts';
import { collectMeasures } from '../../../judging/report/collect/measures.ts';
import type { Project } from '../../../project/project.ts';
import type { Output } from '../../contract/client.ts';

export async function readEvaluation(project: Project, _input: null): Promise<Output<'getEvaluation'>> {
  return {
    evaluation: (await collectEvaluation(project)) as Output<'getEvaluation'>['evaluation'],
    measures: await readMeasures(project),
  };
}

/** What stands beside a judge's figures, and alone where no judge knows the pictures. */
async function readMeasures(project: Project): Promise<Output<'getEvaluation'>['measures']> {
  const report = await collectMeasures(project);
  if (!report) return null;
  const { createdAt, prompts, imagesPerPrompt, models } = report;
  return {
    createdAt,
    prompts,
    imagesPerPrompt,
    models: models.map(({ name, clipScore, reward, heldOut, diversity }) => ({
      name,
      clipScore: clipScore.value,
      reward: reward?.value ?? null,
      heldOut: heldOut?.value ?? null,
      diversity: diversity?.value ?? null,
    })),
  };
}
