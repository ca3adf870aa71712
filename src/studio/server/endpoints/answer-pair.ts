import { recordStudyAnswers } from '../../../project/studies/study-answers.ts';
import { CollimateError } from '../../../util/errors.ts';
import type { Handler } from '../endpoint.ts';
import { requireStudyById } from '../studies/require-study.ts';

const QUESTIONS = ['alignment', 'fidelity'] as const;

export const answerPair: Handler<'answerPair'> = async ({ studio, caller, params, body }) => {
  const { db } = studio.project;
  const study = await requireStudyById(db, params.id);
  const { pairId, clientId, milliseconds } = body;
  const answers = QUESTIONS.flatMap((question) => {
    const answer = body.answers[question];
    return answer ? [{ pairId, question, answer, milliseconds, clientId: `${clientId}-${question}` }] : [];
  });
  if (answers.length === 0)
    throw new CollimateError('USAGE', 'no question is answered', `Answer ${study.questions.join(' and ')}.`);
  await recordStudyAnswers(db, { study: study.id, raterId: caller.id, answers });
  return { ok: true };
};
