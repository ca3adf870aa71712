// Taking pictures and prompts out of a project, with all that hangs on them; and saying first what that is.

import type { Database } from '../database/database.ts';
import { inTransaction } from '../database/database.ts';
import type { Tables } from '../database/schema.ts';
import type { ImageStore } from './images.ts';

/** What of a project rests on some pictures. */
export interface ImageUse {
  readonly images: number;
  /** Answers of people or simulated raters. */
  readonly answers: number;
  /** Pictures from which a reward function learned. */
  readonly taught: number;
  /** Pictures that a run of tuning learned from itself. */
  readonly tuned: number;
  /** Pairs of studies that show one of them. */
  readonly pairs: number;
  /** Pairs that came with a choice between two pictures, one of which is among them. */
  readonly preferences: number;
  /** Choices of the best of a sheet that one of them stood in; they go too. */
  readonly sheets: number;
}

/** Ids in one statement: well below what SQLite and PostgreSQL take. */
const CHUNK = 500;

function inChunks(ids: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(ids.length / CHUNK) }, (_, i) => ids.slice(i * CHUNK, (i + 1) * CHUNK));
}

/** Counts what would be lost with these pictures. */
export async function countImageUse(db: Database, ids: readonly string[]): Promise<ImageUse> {
  let answers = 0;
  const [taught, tuned, pairs, preferences, sheets] = [
    new Set<string>(),
    new Set<string>(),
    new Set<string>(),
    new Set<string>(),
    new Set<string>(),
  ];
  for (const chunk of inChunks(ids)) {
    answers += (await db.selectFrom('ratings').select('imageId').where('imageId', 'in', chunk).execute()).length;
    for (const { imageId } of await db
      .selectFrom('rewardExamples')
      .select('imageId')
      .where('imageId', 'in', chunk)
      .execute())
      taught.add(imageId);
    for (const { imageId } of await db
      .selectFrom('tuneExamples')
      .select('imageId')
      .where('imageId', 'in', chunk)
      .execute())
      tuned.add(imageId);
    for (const { id } of await db
      .selectFrom('preferences')
      .select('id')
      .where((e) => e.or([e('firstImage', 'in', chunk), e('secondImage', 'in', chunk)]))
      .execute())
      preferences.add(id);
    for (const { choiceId } of await db
      .selectFrom('sheetImages')
      .select('choiceId')
      .where('imageId', 'in', chunk)
      .execute())
      sheets.add(choiceId);
    for (const { id } of await db
      .selectFrom('studyPairs')
      .select('id')
      .where((e) => e.or([e('imageA', 'in', chunk), e('imageB', 'in', chunk)]))
      .execute())
      pairs.add(id);
  }
  const [teaching, learned] = [taught.size, tuned.size];
  return {
    images: ids.length,
    answers,
    taught: teaching,
    tuned: learned,
    pairs: pairs.size,
    preferences: preferences.size,
    sheets: sheets.size,
  };
}

/** Tables whose rows are about one picture, those first that refer to others of them. */
const ABOUT_IMAGES = [
  'answers',
  'leases',
  'goldAnswers',
  'decisions',
  'batchImages',
  'testAnswers',
  'flags',
  'ratings',
  'rewardExamples',
  'tuneExamples',
  'rewards',
  'queueItems',
] as const satisfies readonly (keyof Tables)[];

/**
 * Removes pictures with their answers, scores, queue items and pairs of studies in one transaction, then their files where
 * no other picture has the same pixels.
 */
export async function removeImages({ db, images: blobs }: ImageStore, ids: readonly string[]): Promise<void> {
  const hashes = new Set<string>();
  await inTransaction(db, async (tx) => {
    for (const chunk of inChunks(ids)) {
      for (const { hash } of await tx.selectFrom('images').select('hash').where('id', 'in', chunk).execute())
        hashes.add(hash);
      await removePairs(tx, chunk);
      for (const table of ABOUT_IMAGES) await tx.deleteFrom(table).where('imageId', 'in', chunk).execute();
      await tx.deleteFrom('images').where('id', 'in', chunk).execute();
    }
    for (const chunk of inChunks([...hashes])) {
      const kept = await tx.selectFrom('images').select('hash').where('hash', 'in', chunk).execute();
      for (const { hash } of kept) hashes.delete(hash);
    }
    for (const chunk of inChunks([...hashes]))
      await tx.deleteFrom('embeddings').where('subjectHash', 'in', chunk).execute();
  });
  for (const hash of hashes) await blobs.removeBlob(hash);
}

async function removePairs(tx: Database, imageIds: readonly string[]): Promise<void> {
  // A sheet without one of its pictures is none that anybody chose among.
  const sheets = await tx.selectFrom('sheetImages').select('choiceId').where('imageId', 'in', imageIds).execute();
  for (const choices of inChunks([...new Set(sheets.map(({ choiceId }) => choiceId))])) {
    await tx.deleteFrom('sheetImages').where('choiceId', 'in', choices).execute();
    await tx.deleteFrom('sheetChoices').where('id', 'in', choices).execute();
  }
  const pairs = tx
    .selectFrom('studyPairs')
    .select('id')
    .where((e) => e.or([e('imageA', 'in', imageIds), e('imageB', 'in', imageIds)]));
  await tx
    .deleteFrom('preferences')
    .where((e) => e.or([e('firstImage', 'in', imageIds), e('secondImage', 'in', imageIds)]))
    .execute();
  await tx.deleteFrom('studyAnswers').where('pairId', 'in', pairs).execute();
  await tx.deleteFrom('studyPresentations').where('pairId', 'in', pairs).execute();
  await tx
    .deleteFrom('studyPairs')
    .where((e) => e.or([e('imageA', 'in', imageIds), e('imageB', 'in', imageIds)]))
    .execute();
}

/** Removes prompts of which no picture is left. */
export async function removePrompts(db: Database, ids: readonly string[]): Promise<void> {
  await inTransaction(db, async (tx) => {
    for (const chunk of inChunks(ids)) {
      await tx.deleteFrom('studyPairs').where('promptId', 'in', chunk).execute();
      await tx.deleteFrom('prompts').where('id', 'in', chunk).execute();
    }
  });
}
