// Files of figures that runs left: each is read as whoever shows it would, and those of finished runs have to be there.

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readLooks } from '../../method/reward/look.ts';
import { readMetrics } from '../../method/tuning/metrics.ts';
import { readWatch } from '../../method/tuning/watch.ts';
import { listRuns, type Run } from '../../project/learning/runs.ts';
import type { Project } from '../../project/project.ts';
import { readEvaluationFile } from '../evaluation/report-schema.ts';
import { readGenevalFile, readMeasuresFile } from '../measures/report-schema.ts';
import { catchRefusal, type Piece, showPath } from './check-piece.ts';

interface Figures {
  readonly name: string;
  read(path: string): unknown;
  /** The stage that does not end without it, and the command behind it. */
  readonly madeBy?: { readonly stage: string; readonly command: string };
}

const FILES: readonly Figures[] = [
  { name: 'evaluation.json', read: readEvaluationFile, madeBy: { stage: 'evaluate', command: 'evaluate' } },
  { name: 'measures.json', read: readMeasuresFile, madeBy: { stage: 'measures', command: 'evaluate measures' } },
  { name: 'geneval.json', read: readGenevalFile, madeBy: { stage: 'geneval', command: 'evaluate geneval' } },
  { name: 'metrics.jsonl', read: readMetrics },
  { name: 'watch.json', read: (path) => readWatch(dirname(path)) },
  { name: 'looks.json', read: readLooks },
];

export async function listFigurePieces(project: Project): Promise<Piece[]> {
  return (await listRuns(project.db)).flatMap((run) => FILES.flatMap((figures) => toPieces(project, run, figures)));
}

function toPieces(project: Project, { id, stage, status }: Run, { name, read, madeBy }: Figures): Piece[] {
  const file = join(project.runsDir, id, name);
  const path = showPath(project, file);
  if (existsSync(file)) return [{ path, look: () => catchRefusal(() => read(file)) }];
  if (madeBy === undefined || madeBy.stage !== stage || status !== 'done') return [];
  const remedy = `Restore it from a copy, or run \`collimate ${madeBy.command}\` again.`;
  return [
    { path, look: async () => ({ state: 'missing', text: 'a finished run wrote it and it is not there', remedy }) },
  ];
}
