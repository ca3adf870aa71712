// The automatic measures to tell about: the latest of each kind that are finished.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { listRuns } from '../../../project/learning/runs.ts';
import type { Project } from '../../../project/project.ts';
import type { GenevalReport } from '../../measures/geneval-run.ts';
import { readMeasures } from '../../measures/read.ts';
import type { MeasuresReport } from '../../measures/report.ts';

/** Null before there are any. */
export function collectMeasures(project: Project): Promise<MeasuresReport | null> {
  return readLatest(project, 'measures', readMeasures);
}

/** Null before there are any. */
export function collectGeneval(project: Project): Promise<GenevalReport | null> {
  return readLatest(project, 'geneval', (path) => JSON.parse(readFileSync(path, 'utf8')) as GenevalReport);
}

async function readLatest<T>(
  { db, runsDir }: Project,
  stage: 'measures' | 'geneval',
  read: (path: string) => T,
): Promise<T | null> {
  const runs = (await listRuns(db, { stage, status: 'done' })).sort((a, b) =>
    (a.finishedAt ?? '') < (b.finishedAt ?? '') ? 1 : -1,
  );
  const path = runs.map(({ id }) => join(runsDir, id, `${stage}.json`)).find(existsSync);
  return path ? read(path) : null;
}
