import { retractStudyAnswers } from '../../../project/studies/study-answers.ts';
import type { Handler } from '../endpoint.ts';
import { notFound } from '../failure.ts';
import { requireStudyById } from '../studies/require-study.ts';

export const undoPair: Handler<'undoPair'> = async ({ studio, caller, params, body: { pairId } }) => {
  const { db } = studio.project;
  const study = await requireStudyById(db, params.id);
  const taken = await retractStudyAnswers(db, { study: study.id, raterId: caller.id, pairId });
  if (taken === 0) throw notFound(`answer of yours about pair ${pairId}`);
  return { ok: true };
};
