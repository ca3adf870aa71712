// A study as its raters see it: what is asked and how far it is, not who takes part.

import type { Study } from '../../../project/studies/studies.ts';
import type { StudyProgress } from '../../../project/studies/study-votes.ts';
import type { Output } from '../../contract/client.ts';

export function describeStudy(study: Study, progress: StudyProgress): Output<'listStudies'>['studies'][number] {
  const { id, name, questions, ratersPerPair, createdAt, closedAt } = study;
  const own = progress.own ?? { answered: 0, left: 0 };
  return { id, name, open: closedAt === null, questions, pairs: progress.pairs, ratersPerPair, createdAt, own };
}
