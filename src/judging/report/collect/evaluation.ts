// The evaluation to tell about: of those that are finished, the one that was asked for last.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { listAskedRuns } from '../../../project/learning/runs.ts';
import type { Project } from '../../../project/project.ts';
import type { EvaluationReport } from '../../evaluation/report.ts';
import { readEvaluationFile } from '../../evaluation/report-schema.ts';

/** Null before there is one. */
export async function collectEvaluation({ db, runsDir }: Project): Promise<EvaluationReport | null> {
  const runs = await listAskedRuns(db, 'evaluate');
  const path = runs.map(({ id }) => join(runsDir, id, 'evaluation.json')).find(existsSync);
  return path ? readEvaluationFile(path) : null;
}
