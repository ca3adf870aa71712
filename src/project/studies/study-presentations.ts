// What a rater of a pair study is shown, blind to the models: random sides, recorded, in a random order of their own.

import { sql } from 'kysely';
import { CollimateError } from '../../util/errors.ts';
import { random } from '../../util/random.ts';
import { type Database, inTransaction, now } from '../database/database.ts';
import type { StudyQuestion } from '../database/schema.ts';
import { requireOpenStudy, type Study } from './studies.ts';

/** A pair as its rater sees it: no names of models, and image files by their content. */
export interface BlindPair {
  pairId: string;
  prompt: string;
  /** Hashes of PNG files in the project's images. */
  left: string;
  right: string;
  questions: StudyQuestion[];
  /** The how-manieth pair of this rater, from 1. */
  position: number;
  /** Until when the pair is kept for this rater. */
  expiresAt: string;
}

export interface NextPairs {
  study: string;
  raterId: string;
  /** How many pairs are wanted. Default 1. */
  count?: number;
  /** How long they are kept for this rater. Default 1800. */
  leaseSeconds?: number;
}

/**
 * The next pairs for a rater: first those shown and not answered yet, as they were shown, then others in an order of the
 * rater's own. A pair goes to `ratersPerPair` raters who are not excluded, and never twice to one. Empty where none is left.
 *
 * @throws CollimateError USAGE for a study that is not there or closed.
 */
export function nextStudyPairs(
  db: Database,
  { study: reference, raterId, count = 1, leaseSeconds = 1800 }: NextPairs,
): Promise<BlindPair[]> {
  return inTransaction(db, async (tx) => {
    const study = await requireOpenStudy(tx, reference);
    // Two raters who ask at once take turns; the same statement locks the row in both databases.
    await tx.updateTable('studies').set({ seed: study.seed }).where('id', '=', study.id).execute();
    const own = await listShown(tx, study.id, raterId);
    const waiting = own.filter(({ answers }) => answers < study.questions.length).slice(0, count);
    const shownAt = now();
    const expiresAt = new Date(Date.parse(shownAt) + 1000 * leaseSeconds).toISOString();
    const fresh = await chooseFresh(
      tx,
      study,
      raterId,
      new Set(own.map(({ pairId }) => pairId)),
      count - waiting.length,
    );
    for (const { pairId } of waiting)
      await tx
        .updateTable('studyPresentations')
        .set({ expiresAt })
        .where('pairId', '=', pairId)
        .where('raterId', '=', raterId)
        .execute();
    const rows = fresh.map((pairId, i) => ({
      pairId,
      raterId,
      studyId: study.id,
      leftIs: random(study.seed, 'study-side', raterId, pairId).uniform() < 0.5 ? ('a' as const) : ('b' as const),
      position: own.length + i + 1,
      shownAt,
      expiresAt,
    }));
    if (rows.length > 0) await tx.insertInto('studyPresentations').values(rows).execute();
    return readBlind(tx, study, raterId, [...waiting.map(({ pairId }) => pairId), ...fresh]);
  });
}

/** What a rater has been shown, in their order, with how many questions they have answered of each. */
export function listShown(db: Database, studyId: string, raterId: string) {
  return db
    .selectFrom('studyPresentations as shown')
    .leftJoin('studyAnswers as given', (join) =>
      join.onRef('given.pairId', '=', 'shown.pairId').onRef('given.raterId', '=', 'shown.raterId'),
    )
    .where('shown.studyId', '=', studyId)
    .where('shown.raterId', '=', raterId)
    .groupBy(['shown.pairId', 'shown.position'])
    .select((e) => ['shown.pairId', 'shown.position', e.fn.count<number | string>('given.question').as('count')])
    .orderBy('shown.position')
    .execute()
    .then((rows) => rows.map(({ pairId, count }) => ({ pairId, answers: Number(count) })));
}

async function chooseFresh(
  db: Database,
  study: Study,
  raterId: string,
  shown: ReadonlySet<string>,
  count: number,
): Promise<string[]> {
  if (count <= 0) return [];
  const taken = await countTaken(db, study);
  const pairs = await db
    .selectFrom('studyPairs')
    .select('id')
    .where('studyId', '=', study.id)
    .orderBy('place')
    .execute();
  return random(study.seed, 'study-order', raterId)
    .shuffle(pairs.map(({ id }) => id))
    .filter((id) => !shown.has(id) && (taken.get(id) ?? 0) < study.ratersPerPair)
    .slice(0, count);
}

/** By pair, how many raters who are not excluded have answered it or still have it before them. */
async function countTaken(db: Database, { id, questions }: Study): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('studyPresentations as shown')
    .innerJoin('raters', 'raters.id', 'shown.raterId')
    .leftJoin('studyAnswers as given', (join) =>
      join.onRef('given.pairId', '=', 'shown.pairId').onRef('given.raterId', '=', 'shown.raterId'),
    )
    .where('shown.studyId', '=', id)
    .where('raters.excluded', '=', 0)
    .groupBy(['shown.pairId', 'shown.raterId', 'shown.expiresAt'])
    .select((e) => ['shown.pairId', 'shown.expiresAt', e.fn.count<number | string>('given.question').as('count')])
    .select(sql<number | string | null>`sum(case when given.answer = 'skip' then 1 else 0 end)`.as('skips'))
    .execute();
  const time = now();
  const taken = new Map<string, number>();
  // Who skipped a pair leaves room for another at once.
  for (const { pairId, expiresAt, count, skips } of rows)
    if (Number(skips ?? 0) === 0 && (Number(count) >= questions.length || expiresAt > time))
      taken.set(pairId, (taken.get(pairId) ?? 0) + 1);
  return taken;
}

async function readBlind(db: Database, study: Study, raterId: string, ids: readonly string[]): Promise<BlindPair[]> {
  if (ids.length === 0) return [];
  const rows = await db
    .selectFrom('studyPresentations as shown')
    .innerJoin('studyPairs', 'studyPairs.id', 'shown.pairId')
    .innerJoin('prompts', 'prompts.id', 'studyPairs.promptId')
    .innerJoin('images as a', 'a.id', 'studyPairs.imageA')
    .innerJoin('images as b', 'b.id', 'studyPairs.imageB')
    .where('shown.raterId', '=', raterId)
    .where('shown.pairId', 'in', ids)
    .select(['shown.pairId', 'leftIs', 'position', 'expiresAt', 'prompts.text', 'a.hash as hashA', 'b.hash as hashB'])
    .orderBy('position')
    .execute();
  return rows.map(({ pairId, leftIs, position, expiresAt, text, hashA, hashB }) => ({
    pairId,
    prompt: text,
    left: leftIs === 'a' ? hashA : hashB,
    right: leftIs === 'a' ? hashB : hashA,
    questions: study.questions,
    position,
    expiresAt,
  }));
}

/**
 * The image that a rater saw on one side of a pair.
 *
 * @throws CollimateError FORBIDDEN for a pair that this rater was never shown.
 */
export async function findShownImage(
  db: Database,
  { pairId, raterId, side }: { pairId: string; raterId: string; side: 'left' | 'right' },
): Promise<string> {
  const shown = await db
    .selectFrom('studyPresentations as shown')
    .innerJoin('studyPairs', 'studyPairs.id', 'shown.pairId')
    .where('shown.pairId', '=', pairId)
    .where('shown.raterId', '=', raterId)
    .select(['leftIs', 'imageA', 'imageB'])
    .executeTakeFirst();
  if (shown) return (side === 'left') === (shown.leftIs === 'a') ? shown.imageA : shown.imageB;
  throw new CollimateError('FORBIDDEN', `pair ${pairId} was never shown to you`, 'Flag a picture that you compare.');
}
