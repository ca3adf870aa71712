// What people said in pair studies: the verdict of each that has answers, and its raw votes written beside the report.

import { relative } from 'node:path';
import type { Project } from '../../../project/project.ts';
import { listStudies } from '../../../project/studies/studies.ts';
import { collectVerdict, writeStudyFiles } from '../../verdict/collect.ts';
import type { StudyData } from '../data.ts';
import { collectPairs } from './study-pairs.ts';

/** One entry a study that somebody has answered, the latest first, and the names of those that nobody has. */
export async function collectVerdicts(project: Project): Promise<{ verdicts: StudyData[]; unanswered: string[] }> {
  const verdicts: StudyData[] = [];
  const unanswered: string[] = [];
  for (const study of (await listStudies(project.db)).reverse()) {
    const verdict = await collectVerdict(project, study);
    if (verdict.votes === 0) {
      unanswered.push(study.name);
      continue;
    }
    const files = await writeStudyFiles(project, study, verdict);
    const plan = (study.config.plan ?? {}) as Record<string, unknown>;
    const votes = relative(project.dir, files.votesCsv).replaceAll('\\', '/');
    verdicts.push({ verdict, plan, votes, pairs: await collectPairs(project, study, verdict) });
  }
  return { verdicts, unanswered };
}
