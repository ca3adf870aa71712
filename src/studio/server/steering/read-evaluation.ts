import { collectEvaluation } from '../../../judging/report/collect/evaluation.ts';
import type { Project } from '../../../project/project.ts';
import type { Output } from '../../contract/client.ts';

export async function readEvaluation(project: Project, _input: null): Promise<Output<'getEvaluation'>> {
  return { evaluation: (await collectEvaluation(project)) as Output<'getEvaluation'>['evaluation'] };
}
