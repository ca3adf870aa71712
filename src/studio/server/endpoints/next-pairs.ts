import { nextStudyPairs } from '../../../project/studies/study-presentations.ts';
import { readStudyProgress } from '../../../project/studies/study-votes.ts';
import type { Handler } from '../endpoint.ts';
import { requireStudyById } from '../studies/require-study.ts';

export const nextPairs: Handler<'nextPairs'> = async ({ studio, caller, params, body: { count } }) => {
  const { db } = studio.project;
  const study = await requireStudyById(db, params.id);
  const pairs = await nextStudyPairs(db, { study: study.id, raterId: caller.id, count });
  const { own } = await readStudyProgress(db, study, caller.id);
  return {
    pairs: pairs.map(({ pairId, prompt, left, right, questions }) => ({ pairId, prompt, left, right, questions })),
    answered: own!.answered,
    left: own!.left,
  };
};
