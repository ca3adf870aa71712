// Answers of a pair study. One that is sent twice counts once; retracted ones are asked again.

import type { Selectable } from 'kysely';
import { CollimateError } from '../../util/errors.ts';
import { type Database, inTransaction } from '../database/database.ts';
import type { PairAnswer, StudyAnswerTable, StudyQuestion } from '../database/schema.ts';
import { addsNothing, type GivenReasons, readReasons, toReasonColumns } from '../rating/reasons.ts';
import { requireOpenStudy } from './studies.ts';
import { listShown } from './study-presentations.ts';

/** One answer to one question about one pair. */
export interface NewStudyAnswer extends GivenReasons {
  pairId: string;
  question: StudyQuestion;
  answer: PairAnswer;
  milliseconds: number;
  /** Made by the client once for each answer, such as a UUID. */
  clientId: string;
}

/** What became of answers: new, in place of earlier ones, there already, or left out since a later one is there. */
export interface RecordedAnswers {
  recorded: number;
  changed: number;
  repeated: number;
  older: number;
}

/**
 * Stores a rater's answers, all or none. An answer whose `clientId` is stored already, or that says the same again, counts
 * once; of two that differ, as of two tabs, the one that was given later counts.
 *
 * @param age how many milliseconds ago they were given; default 0
 * @throws CollimateError USAGE for a closed study, a pair that this rater was not shown, or a question that was not asked.
 */
export function recordStudyAnswers(
  db: Database,
  {
    study: reference,
    raterId,
    answers,
    age = 0,
  }: { study: string; raterId: string; answers: readonly NewStudyAnswer[]; age?: number | undefined },
): Promise<RecordedAnswers> {
  return inTransaction(db, async (tx) => {
    const study = await requireOpenStudy(tx, reference);
    const shown = new Set((await listShown(tx, study.id, raterId)).map(({ pairId }) => pairId));
    const counts: RecordedAnswers = { recorded: 0, changed: 0, repeated: 0, older: 0 };
    const answeredAt = new Date(Date.now() - Math.max(0, age)).toISOString();
    for (const { pairId, question, answer, milliseconds, clientId, words, note } of answers) {
      if (!shown.has(pairId) || !study.questions.includes(question))
        throw new CollimateError(
          'USAGE',
          `study: rater ${raterId} was not asked for the ${question} of pair ${pairId}`,
          'Answer the pairs that were shown.',
        );
      const given = { pairId, raterId, question, answer, milliseconds: Math.round(milliseconds), clientId };
      const reasons = toReasonColumns({ words, note });
      counts[await recordAnswer(tx, { ...given, ...reasons, studyId: study.id, answeredAt })]++;
    }
    return counts;
  });
}

async function recordAnswer(tx: Database, row: Selectable<StudyAnswerTable>): Promise<keyof RecordedAnswers> {
  const { numInsertedOrUpdatedRows = 0n } = await tx
    .insertInto('studyAnswers')
    .values(row)
    .onConflict((c) => c.doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows > 0n) return 'recorded';
  const { pairId, raterId, question, answer, milliseconds, clientId, answeredAt, words, note } = row;
  const before = await tx
    .selectFrom('studyAnswers')
    .select(['answer', 'clientId', 'answeredAt', 'words', 'note'])
    .where('pairId', '=', pairId)
    .where('raterId', '=', raterId)
    .where('question', '=', question)
    .executeTakeFirst();
  if (!before || before.clientId === clientId) return 'repeated';
  if (before.answer === answer && addsNothing(readReasons(row), readReasons(before))) return 'repeated';
  if (answeredAt < before.answeredAt) return 'older';
  await tx
    .updateTable('studyAnswers')
    .set({ answer, milliseconds, clientId, answeredAt, words, note })
    .where('pairId', '=', pairId)
    .where('raterId', '=', raterId)
    .where('question', '=', question)
    .execute();
  return 'changed';
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
