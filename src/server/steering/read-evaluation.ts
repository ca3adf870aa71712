import type { Output } from '../../contract/client.ts';
import { collectEvaluation } from '../../report/collect/evaluation.ts';
import type { Project } from '../../store/project.ts';

export async function readEvaluation(project: Project, _input: null): Promise<Output<'getEvaluation'>> {
  return { evaluation: (await collectEvaluation(project)) as Output<'getEvaluation'>['evaluation'] };
}
