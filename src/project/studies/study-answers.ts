// Answers of a pair study. One that is sent twice counts once; retracted ones are asked again.

import { CollimateError } from '../../util/errors.ts';
import { type Database, inTransaction, now } from '../database/database.ts';
import type { PairAnswer, StudyQuestion } from '../database/schema.ts';
import { requireOpenStudy } from './studies.ts';
import { listShown } from './study-presentations.ts';

/** One answer to one question about one pair. */
export interface NewStudyAnswer {
  pairId: string;
  question: StudyQuestion;
  answer: PairAnswer;
  milliseconds: number;
  /** Made by the client once for each answer, such as a UUID. */
  clientId: string;
}

/**
 * Stores a rater's answers, all or none. An answer whose `clientId` is stored already counts once, and the first answer
 * to a question stands until it is retracted; both come back as `repeated`.
 *
 * @throws CollimateError USAGE for a closed study, a pair that this rater was not shown, or a question that was not asked.
 */
export function recordStudyAnswers(
  db: Database,
  { study: reference, raterId, answers }: { study: string; raterId: string; answers: readonly NewStudyAnswer[] },
): Promise<{ recorded: number; repeated: number }> {
  return inTransaction(db, async (tx) => {
    const study = await requireOpenStudy(tx, reference);
    const shown = new Set((await listShown(tx, study.id, raterId)).map(({ pairId }) => pairId));
    let recorded = 0;
    for (const { pairId, question, answer, milliseconds, clientId } of answers) {
      if (!shown.has(pairId) || !study.questions.includes(question))
        throw new CollimateError(
          'USAGE',
          `study: rater ${raterId} was not asked for the ${question} of pair ${pairId}`,
          'Answer the pairs that were shown.',
        );
      const row = { pairId, raterId, question, answer, milliseconds: Math.round(milliseconds), clientId };
      const { numInsertedOrUpdatedRows = 0n } = await tx
        .insertInto('studyAnswers')
        .values({ ...row, studyId: study.id, answeredAt: now() })
        .onConflict((c) => c.doNothing())
        .executeTakeFirst();
      recorded += Number(numInsertedOrUpdatedRows);
    }
    return { recorded, repeated: answers.length - recorded };
  });
}

/**
 * Takes a rater's answers about a pair back, so that they are asked again; returns how many there were.
 *
 * @throws CollimateError USAGE for a closed study.
 */
export function retractStudyAnswers(
  db: Database,
  { study: reference, raterId, pairId }: { study: string; raterId: string; pairId: string },
): Promise<number> {
  return inTransaction(db, async (tx) => {
    const study = await requireOpenStudy(tx, reference);
    const { numDeletedRows } = await tx
      .deleteFrom('studyAnswers')
      .where('studyId', '=', study.id)
      .where('pairId', '=', pairId)
      .where('raterId', '=', raterId)
      .executeTakeFirst();
    return Number(numDeletedRows);
  });
}
