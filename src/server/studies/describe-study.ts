// A study as its raters see it: what is asked and how far it is, not who takes part.

import type { Output } from '../../contract/client.ts';
import type { Study } from '../../store/studies.ts';
import type { StudyProgress } from '../../store/study-votes.ts';

export function describeStudy(study: Study, progress: StudyProgress): Output<'listStudies'>['studies'][number] {
  const { id, name, questions, ratersPerPair, createdAt, closedAt } = study;
  const own = progress.own ?? { answered: 0, left: 0 };
  return { id, name, open: closedAt === null, questions, pairs: progress.pairs, ratersPerPair, createdAt, own };
}
