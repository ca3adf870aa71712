// Pair studies: what is compared and how it will be analysed, fixed and hashed before the first answer. What raters are
// shown and what they answer is in study-answers.ts.

import { CollimateError } from '../../util/errors.ts';
import { hashJson } from '../../util/hash.ts';
import { type Database, insertInChunks, inTransaction, now } from '../database/database.ts';
import type { StudyQuestion, StudyTable } from '../database/schema.ts';

/** Who takes part: a model, or the best of `bestOf` of its images by a reward function. */
export interface StudyContestant {
  name: string;
  kind: 'base' | 'tuned' | 'best-of';
  modelHash: string;
  bestOf?: number;
}

/** Two images of one prompt, and whose they are. */
export interface StudyPair {
  id: string;
  place: number;
  promptId: string;
  contestantA: string;
  contestantB: string;
  imageA: string;
  imageB: string;
}

export interface Study {
  id: string;
  name: string;
  contestants: StudyContestant[];
  questions: StudyQuestion[];
  ratersPerPair: number;
  seed: number;
  /** `plan` is the analysis plan; the rest says how the images were made. */
  config: Record<string, unknown>;
  /** SHA-256 over prompts, pairs, questions and analysis plan. */
  registration: string;
  createdAt: string;
  closedAt: string | null;
}

export interface NewStudy extends Pick<Study, 'name' | 'contestants' | 'config'> {
  pairs: readonly Omit<StudyPair, 'id' | 'place'>[];
  /** Both by default. */
  questions?: StudyQuestion[];
  /** Default 9, as in (Lee et al., 2023). */
  ratersPerPair?: number;
  /** Default 0. */
  seed?: number;
}

/**
 * Stores a study with its pairs and its pre-registration. The very same study again is the one that is there.
 *
 * @throws CollimateError USAGE where another study has the name, or a pair is none.
 */
export async function createStudy(db: Database, study: NewStudy): Promise<Study> {
  const {
    name,
    contestants,
    config,
    pairs,
    questions = ['alignment', 'fidelity'],
    ratersPerPair = 9,
    seed = 0,
  } = study;
  checkPairs(study);
  return inTransaction(db, async (tx) => {
    const registration = await hashRegistration(tx, { contestants, config, questions, ratersPerPair, seed }, pairs);
    const known = await findStudy(tx, name);
    if (known?.registration === registration) return known;
    if (known)
      throw new CollimateError(
        'USAGE',
        `study: ${name} exists already, with other pairs or another plan (registered as ${known.registration.slice(0, 12)})`,
        'Give the new study a name of its own; what is registered stays as it is.',
      );
    const id = hashJson([name, registration]).slice(0, 16);
    const row: StudyTable = {
      id,
      name,
      contestants: JSON.stringify(contestants),
      questions: JSON.stringify(questions),
      ratersPerPair,
      seed,
      config: JSON.stringify(config),
      registration,
      createdAt: now(),
      closedAt: null,
    };
    await tx.insertInto('studies').values(row).execute();
    const rows = pairs.map(({ promptId, contestantA, contestantB, imageA, imageB }, place) => {
      const pair = { studyId: id, place, promptId, contestantA, contestantB, imageA, imageB };
      return { ...pair, id: hashJson(pair).slice(0, 20) };
    });
    await insertInChunks(tx, rows, (open, chunk) => open.insertInto('studyPairs').values(chunk));
    return toStudy(row);
  });
}

function checkPairs({ pairs, contestants }: NewStudy): void {
  const names = new Set(contestants.map(({ name }) => name));
  const wrong = pairs.find(({ contestantA: a, contestantB: b }) => a === b || !names.has(a) || !names.has(b));
  if (pairs.length > 0 && !wrong) return;
  const came = wrong ? `${wrong.contestantA} and ${wrong.contestantB}` : 'no pairs';
  throw new CollimateError('USAGE', `study: expected pairs of two of its contestants, got ${came}`, 'Name two models.');
}

/** What is fixed beforehand: prompts by their text, pairs by the images' files, questions, raters a pair, and the plan. */
async function hashRegistration(
  db: Database,
  rest: Pick<Study, 'contestants' | 'config' | 'questions' | 'ratersPerPair' | 'seed'>,
  pairs: NewStudy['pairs'],
): Promise<string> {
  const known = await readImages(db, [...new Set(pairs.flatMap(({ imageA, imageB }) => [imageA, imageB]))]);
  const find = (id: string) => {
    const image = known.get(id);
    if (image) return image;
    throw new CollimateError('USAGE', `study: no image is called ${id}`, 'Store the images of a study first.');
  };
  const listed = pairs.map(({ contestantA, contestantB, imageA, imageB }) => {
    const [a, b] = [find(imageA), find(imageB)];
    return [a.text, contestantA, a.hash, contestantB, b.hash];
  });
  return hashJson({ ...rest, pairs: listed });
}

const IMAGES_AT_ONCE = 1000;

async function readImages(db: Database, ids: readonly string[]): Promise<Map<string, { hash: string; text: string }>> {
  const found = new Map<string, { hash: string; text: string }>();
  for (let start = 0; start < ids.length; start += IMAGES_AT_ONCE) {
    const rows = await db
      .selectFrom('images')
      .innerJoin('prompts', 'prompts.id', 'images.promptId')
      .select(['images.id', 'images.hash', 'prompts.text'])
      .where('images.id', 'in', ids.slice(start, start + IMAGES_AT_ONCE))
      .execute();
    for (const { id, ...image } of rows) found.set(id, image);
  }
  return found;
}

/** Whether the stored study is still the one that was registered: `registration` is made anew and compared. */
export async function checkRegistration(db: Database, study: Study): Promise<boolean> {
  const { contestants, config, questions, ratersPerPair, seed } = study;
  const pairs = await listStudyPairs(db, study.id);
  const again = await hashRegistration(db, { contestants, config, questions, ratersPerPair, seed }, pairs);
  return again === study.registration;
}

/** Studies by rising time. */
export async function listStudies(db: Database): Promise<Study[]> {
  return (await db.selectFrom('studies').selectAll().orderBy('createdAt').orderBy('id').execute()).map(toStudy);
}

/** A study by its name or identifier. */
export async function findStudy(db: Database, reference: string): Promise<Study | undefined> {
  const row = await db
    .selectFrom('studies')
    .selectAll()
    .where((e) => e.or([e('id', '=', reference), e('name', '=', reference)]))
    .executeTakeFirst();
  return row && toStudy(row);
}

/** @throws CollimateError USAGE for a study that is not there or closed. */
export async function requireOpenStudy(db: Database, reference: string): Promise<Study> {
  const study = await findStudy(db, reference);
  if (study && study.closedAt === null) return study;
  throw new CollimateError(
    'USAGE',
    study ? `study: ${study.name} was closed at ${study.closedAt}` : `study: no study is called ${reference}`,
    'List the studies with `collimate evaluate human`.',
  );
}

/** The pairs of a study with whose they are: for the analysis, never for a rater. */
export function listStudyPairs(db: Database, studyId: string): Promise<StudyPair[]> {
  return db
    .selectFrom('studyPairs')
    .select(['id', 'place', 'promptId', 'contestantA', 'contestantB', 'imageA', 'imageB'])
    .where('studyId', '=', studyId)
    .orderBy('place')
    .execute();
}

/** The text of a pair's prompt. */
export async function findPairPrompt(db: Database, pairId: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('studyPairs')
    .innerJoin('prompts', 'prompts.id', 'studyPairs.promptId')
    .select('text')
    .where('studyPairs.id', '=', pairId)
    .executeTakeFirst();
  return row?.text;
}

/** Ends a study: no pair is shown and no answer taken any more. Closing it again changes nothing. */
export async function closeStudy(db: Database, studyId: string): Promise<void> {
  await db
    .updateTable('studies')
    .set({ closedAt: now() })
    .where('id', '=', studyId)
    .where('closedAt', 'is', null)
    .execute();
}

function toStudy(row: StudyTable): Study {
  return {
    ...row,
    contestants: JSON.parse(row.contestants) as StudyContestant[],
    questions: JSON.parse(row.questions) as StudyQuestion[],
    config: JSON.parse(row.config) as Record<string, unknown>,
    seed: Number(row.seed),
  };
}
