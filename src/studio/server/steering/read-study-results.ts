// The verdict of a pair study, as the command line reads it.

import { collectVerdict, requireStudy } from '../../../judging/verdict/collect.ts';
import { sayVerdict } from '../../../judging/verdict/sentence.ts';
import { primaryRow } from '../../../judging/verdict/verdict.ts';
import type { Project } from '../../../project/project.ts';
import { readStudyProgress } from '../../../project/studies/study-votes.ts';
import type { Output } from '../../contract/client.ts';
import { describeStudy } from '../studies/describe-study.ts';

export async function readStudyResults(
  project: Project,
  { id, raterId }: { id: string; raterId: string },
): Promise<Output<'getStudyResults'>> {
  const study = await requireStudy(project, id);
  const verdict = await collectVerdict(project, study);
  const {
    study: _name,
    createdAt: _created,
    closedAt: _closed,
    ratersPerPair: _raters,
    pairs: _pairs,
    ...rest
  } = verdict;
  return {
    ...rest,
    study: describeStudy(study, await readStudyProgress(project.db, study, raterId)),
    contestants: study.contestants.map(({ name }) => name),
    primary: primaryRow(verdict) ?? null,
    verdict: sayVerdict(verdict),
  } as Output<'getStudyResults'>;
}
