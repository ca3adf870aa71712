// The evaluation to tell about: the latest one that is finished.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { listRuns } from '../../../project/learning/runs.ts';
import type { Project } from '../../../project/project.ts';
import type { EvaluationReport } from '../../evaluation/report.ts';

/** Null before there is one. */
export async function collectEvaluation({ db, runsDir }: Project): Promise<EvaluationReport | null> {
  const runs = (await listRuns(db, { stage: 'evaluate', status: 'done' })).sort((a, b) =>
    (a.finishedAt ?? '') < (b.finishedAt ?? '') ? 1 : -1,
  );
  const path = runs.map(({ id }) => join(runsDir, id, 'evaluation.json')).find(existsSync);
  return path ? (JSON.parse(readFileSync(path, 'utf8')) as EvaluationReport) : null;
}
