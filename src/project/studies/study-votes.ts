// How far a pair study has come, and its answers with whose image they chose: for the analysis, never for a rater.

import { sql } from 'kysely';
import type { Database } from '../database/database.ts';
import type { PairAnswer, PromptSplit, StudyQuestion } from '../database/schema.ts';
import { readReasons } from '../rating/reasons.ts';
import type { Study } from './studies.ts';

/** How far a study has come; `own` is one rater's part. */
export interface StudyProgress {
  pairs: number;
  ratersPerPair: number;
  /** Pairs that have all the raters they are to have. */
  pairsDone: number;
  /** Whole answers (all questions) by raters who are not excluded, and how many are wanted. */
  answered: number;
  wanted: number;
  raters: number;
  own?: { answered: number; left: number };
}

/** How far a study has come, and how much there is left for a rater where one is named. */
export async function readStudyProgress(db: Database, study: Study, raterId?: string): Promise<StudyProgress> {
  const rows = await db
    .selectFrom('studyAnswers')
    .innerJoin('raters', 'raters.id', 'studyAnswers.raterId')
    .where('studyId', '=', study.id)
    .groupBy(['pairId', 'raterId', 'excluded'])
    .select((e) => ['pairId', 'raterId', 'excluded', e.fn.countAll<number | string>().as('count')])
    .select(countSkips)
    .execute();
  const ids = await db.selectFrom('studyPairs').select('id').where('studyId', '=', study.id).execute();
  const whole = rows.filter(({ count }) => Number(count) >= study.questions.length);
  // A pair that somebody skipped is theirs no more, and still waits for another rater.
  const counted = whole.filter(({ excluded, skips }) => excluded === 0 && Number(skips) === 0);
  const byPair = new Map<string, number>();
  for (const { pairId } of counted) byPair.set(pairId, (byPair.get(pairId) ?? 0) + 1);
  const done = (pairId: string) => (byPair.get(pairId) ?? 0) >= study.ratersPerPair;
  const own = new Set(whole.filter((row) => row.raterId === raterId).map(({ pairId }) => pairId));
  return {
    pairs: ids.length,
    ratersPerPair: study.ratersPerPair,
    pairsDone: ids.filter(({ id }) => done(id)).length,
    answered: counted.length,
    wanted: ids.length * study.ratersPerPair,
    raters: new Set(counted.map((row) => row.raterId)).size,
    ...(raterId !== undefined && {
      own: { answered: own.size, left: ids.filter(({ id }) => !own.has(id) && !done(id)).length },
    }),
  };
}

/** One answer with everything that an analysis or an export needs; `choice` is no longer blind. */
export interface StudyVote {
  pairId: string;
  place: number;
  prompt: string;
  category: string;
  split: PromptSplit;
  contestantA: string;
  contestantB: string;
  imageA: string;
  imageB: string;
  raterId: string;
  raterKind: 'human' | 'simulated';
  excluded: boolean;
  question: StudyQuestion;
  /** As it was given. */
  answer: PairAnswer;
  leftIs: 'a' | 'b';
  /** Whom the answer chose: nobody where it was skipped, and as much the one as the other where both were called bad. */
  choice: 'a' | 'b' | 'tie' | 'none';
  position: number;
  milliseconds: number;
  answeredAt: string;
  /** Words of the prompt that the worse picture does not show. */
  words: readonly string[];
  note: string;
}

/** Every answer of a study, those of excluded raters too, by pair, question and rater. */
export async function listStudyVotes(db: Database, studyId: string): Promise<StudyVote[]> {
  const rows = await db
    .selectFrom('studyAnswers as given')
    .innerJoin('studyPairs as pair', 'pair.id', 'given.pairId')
    .innerJoin('prompts', 'prompts.id', 'pair.promptId')
    .innerJoin('raters', 'raters.id', 'given.raterId')
    .innerJoin('studyPresentations as shown', (join) =>
      join.onRef('shown.pairId', '=', 'given.pairId').onRef('shown.raterId', '=', 'given.raterId'),
    )
    .where('given.studyId', '=', studyId)
    .select(['given.pairId', 'place', 'prompts.text as prompt', 'category', 'split', 'contestantA', 'contestantB'])
    .select(['imageA', 'imageB', 'given.raterId', 'raters.kind as raterKind', 'excluded', 'question', 'answer'])
    .select(['leftIs', 'position', 'milliseconds', 'answeredAt', 'given.words', 'given.note'])
    .orderBy('place')
    .orderBy('question')
    .orderBy('given.raterId')
    .execute();
  return rows.map((row) => ({
    ...row,
    ...readReasons(row),
    excluded: row.excluded === 1,
    choice: chooserOf(row),
  }));
}

function chooserOf({ answer, leftIs }: Pick<StudyVote, 'answer' | 'leftIs'>): StudyVote['choice'] {
  if (answer === 'skip') return 'none';
  if (answer === 'tie' || answer === 'bad') return 'tie';
  return (answer === 'left') === (leftIs === 'a') ? 'a' : 'b';
}

const countSkips = sql<number | string>`sum(case when answer = 'skip' then 1 else 0 end)`.as('skips');
