// The automatic measures to tell about: of each kind, of those that are finished, what was asked for last.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { listAskedRuns } from '../../../project/learning/runs.ts';
import type { Project } from '../../../project/project.ts';
import type { GenevalReport } from '../../measures/geneval-run.ts';
import type { MeasuresReport } from '../../measures/report.ts';
import { readGenevalFile, readMeasuresFile } from '../../measures/report-schema.ts';

/** Null before there are any. */
export function collectMeasures(project: Project): Promise<MeasuresReport | null> {
  return readLatest(project, 'measures', readMeasuresFile);
}

/** All that were made and are still there, what was asked for last first. */
export async function listMeasures({ db, runsDir }: Project): Promise<MeasuresReport[]> {
  const paths = (await listAskedRuns(db, 'measures')).map(({ id }) => join(runsDir, id, 'measures.json'));
  return paths.filter((path) => existsSync(path)).map(readMeasuresFile);
}

/** Null before there are any. */
export function collectGeneval(project: Project): Promise<GenevalReport | null> {
  return readLatest(project, 'geneval', readGenevalFile);
}

async function readLatest<T>(
  { db, runsDir }: Project,
  stage: 'measures' | 'geneval',
  read: (path: string) => T,
): Promise<T | null> {
  const runs = await listAskedRuns(db, stage);
  const path = runs.map(({ id }) => join(runsDir, id, `${stage}.json`)).find(existsSync);
  return path ? read(path) : null;
}
