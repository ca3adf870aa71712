// Which picture of a sheet a rater called the best. A rater compares a picture once; nothing is leased for it, so that two who are
// given one sheet at the same time both count.

import { sql } from 'kysely';
import type { Database } from '../database/database.ts';
import type { ImagePurpose } from '../database/schema.ts';
import type { SheetChoiceTable } from '../database/schema-queue.ts';
import type { WhoseAnswers } from './select-answers.ts';

/** A choice with the images that it was made among, as they stood. */
export interface SheetChoice extends SheetChoiceTable {
  readonly images: readonly string[];
}

export async function insertSheetChoice(db: Database, { images, ...choice }: SheetChoice): Promise<void> {
  await db.insertInto('sheetChoices').values(choice).execute();
  await db
    .insertInto('sheetImages')
    .values(images.map((imageId, place) => ({ choiceId: choice.id, imageId, place })))
    .execute();
}

/** The choices of a rater that have one of these images in them, and the one of this identifier, whoever made it. */
export function findSheetChoices(
  db: Database,
  { id, raterId, images }: Pick<SheetChoice, 'id' | 'raterId' | 'images'>,
): Promise<SheetChoiceTable[]> {
  const about = db.selectFrom('sheetImages').select('choiceId').where('imageId', 'in', images);
  return db
    .selectFrom('sheetChoices')
    .selectAll()
    .where((e) => e.or([e('id', '=', id), e.and([e('raterId', '=', raterId), e('id', 'in', about)])]))
    .orderBy('chosenAt')
    .execute();
}

/** Removes choices of a rater; returns how many there were. */
export async function deleteSheetChoices(db: Database, raterId: string, ids: readonly string[]): Promise<number> {
  const own = db.selectFrom('sheetChoices').select('id').where('raterId', '=', raterId).where('id', 'in', ids);
  await db.deleteFrom('sheetImages').where('choiceId', 'in', own).execute();
  const { numDeletedRows } = await db
    .deleteFrom('sheetChoices')
    .where('raterId', '=', raterId)
    .where('id', 'in', ids)
    .executeTakeFirst();
  return Number(numDeletedRows);
}

export async function countSheetChoices(db: Database, raterId: string): Promise<number> {
  const row = await db
    .selectFrom('sheetChoices')
    .select((e) => e.fn.countAll<number | string>().as('count'))
    .where('raterId', '=', raterId)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

export interface Uncompared {
  readonly imageId: string;
  readonly promptId: string;
  readonly prompt: string;
  readonly hash: string;
}

/** Images of the queue that this rater has not compared, and fewer than `wanted` others; as they were drawn. */
export function listUncompared(
  db: Database,
  { purpose, wanted, raterId }: { purpose: ImagePurpose; wanted: number; raterId: string },
): Promise<Uncompared[]> {
  const compared = sql<boolean>`exists (select 1 from sheet_images join sheet_choices on sheet_choices.id = sheet_images.choice_id
    where sheet_images.image_id = queue_items.image_id and sheet_choices.rater_id = ${raterId})`;
  const count = sql<number>`(select count(*) from sheet_images join sheet_choices on sheet_choices.id = sheet_images.choice_id
    join raters on raters.id = sheet_choices.rater_id
    where sheet_images.image_id = queue_items.image_id and raters.excluded = 0 and sheet_choices.best_image is not null)`;
  const closed = sql<boolean>`exists (select 1 from batch_images join batches on batches.id = batch_images.batch_id
    where batch_images.image_id = queue_items.image_id and batches.closed = 1)`;
  return db
    .selectFrom('queueItems')
    .innerJoin('images', 'images.id', 'queueItems.imageId')
    .innerJoin('prompts', 'prompts.id', 'queueItems.promptId')
    .select(['queueItems.imageId', 'queueItems.promptId', 'prompts.text as prompt', 'images.hash'])
    .where('queueItems.purpose', '=', purpose)
    .where('held', '=', 0)
    .where((e) => e.not(compared))
    .where((e) => e.not(closed))
    .where(count, '<', wanted)
    .orderBy('place')
    .execute();
}

/** The prompt of images that are all of one prompt and one purpose; undefined where they are not, or one is not there. */
export async function findCommonPrompt(
  db: Database,
  { purpose, images }: { purpose: ImagePurpose; images: readonly string[] },
): Promise<string | undefined> {
  const rows = await db
    .selectFrom('images')
    .select(['id', 'promptId'])
    .where('id', 'in', images)
    .where('purpose', '=', purpose)
    .execute();
  const prompts = new Set(rows.map(({ promptId }) => promptId));
  return rows.length === images.length && prompts.size === 1 ? rows[0]!.promptId : undefined;
}

/** A choice as it counts: whose it is, and the others of its sheet. */
export interface CountedChoice extends SheetChoiceTable {
  readonly bestImage: string;
  readonly others: readonly string[];
}

/** All choices of a picture by raters who count, by time; those that could not tell are none. */
export async function listSheetChoices(
  db: Database,
  { raters, withoutRaters = [] }: WhoseAnswers = {},
): Promise<CountedChoice[]> {
  const rows = await db
    .selectFrom('sheetChoices')
    .innerJoin('sheetImages', 'choiceId', 'sheetChoices.id')
    .innerJoin('raters', 'raters.id', 'raterId')
    .selectAll('sheetChoices')
    .select('imageId')
    .where('excluded', '=', 0)
    .where('bestImage', 'is not', null)
    .orderBy('chosenAt')
    .orderBy('sheetChoices.id')
    .orderBy('place')
    .execute();
  const choices = new Map<string, SheetChoiceTable & { bestImage: string; others: string[] }>();
  for (const { imageId, ...row } of rows) {
    if ((raters && !raters.includes(row.raterId)) || withoutRaters.includes(row.raterId)) continue;
    const choice = choices.get(row.id) ?? { ...row, bestImage: row.bestImage!, others: [] };
    choices.set(row.id, choice);
    if (imageId !== row.bestImage) choice.others.push(imageId);
  }
  return [...choices.values()];
}

/** How often each image stood in a sheet with a best one, and how often it was that one. */
export async function countBest(db: Database): Promise<Map<string, { compared: number; best: number }>> {
  const counts = new Map<string, { compared: number; best: number }>();
  for (const { bestImage, others } of await listSheetChoices(db))
    for (const imageId of [bestImage, ...others]) {
      const { compared, best } = counts.get(imageId) ?? { compared: 0, best: 0 };
      counts.set(imageId, { compared: compared + 1, best: best + (imageId === bestImage ? 1 : 0) });
    }
  return counts;
}

/** Two images of a prompt, and how many of those who compared them in a sheet with one as its best called the first that. */
export interface SheetPair {
  readonly firstImage: string;
  readonly secondImage: string;
  readonly share: number;
}

/** The pairs that the choices make, each once: the best of a sheet over each other of it. Of the others nothing is said. */
export async function listSheetPairs(db: Database, whose: WhoseAnswers = {}): Promise<SheetPair[]> {
  const wins = new Map<string, { firstImage: string; secondImage: string; won: number; all: number }>();
  for (const { bestImage, others } of await listSheetChoices(db, whose))
    for (const other of others) {
      const [firstImage, secondImage] = [bestImage, other].sort() as [string, string];
      const pair = wins.get(`${firstImage} ${secondImage}`) ?? { firstImage, secondImage, won: 0, all: 0 };
      wins.set(`${firstImage} ${secondImage}`, pair);
      pair.won += firstImage === bestImage ? 1 : 0;
      pair.all++;
    }
  return [...wins.values()].map(({ won, all, ...pair }) => ({ ...pair, share: won / all }));
}
