// Pictures with prompts and answers into a project: all of them, or, where anything is wrong, none.

import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { hashPicture } from '../../pictures/identity.ts';
import { reencodePicture } from '../../pictures/reencode.ts';
import { countRemarks, type PictureRemark, type PictureRemarks } from '../../pictures/remarks.ts';
import { type Database, inTransaction } from '../../project/database/database.ts';
import type { PromptSplit } from '../../project/database/schema.ts';
import { insertImages, type NewImage } from '../../project/images/images.ts';
import { findModel, putModel } from '../../project/images/models.ts';
import { insertPrompts } from '../../project/images/prompts.ts';
import type { Project } from '../../project/project.ts';
import type { Grammar } from '../../project/prompts/grammar.ts';
import { readGrammar } from '../../project/prompts/grammar-input.ts';
import { CollimateError } from '../../util/errors.ts';
import { writeFileAtomic } from '../../util/files.ts';
import { describePrompt, OUTSIDE } from '../feedback/own-images.ts';
import { readEdits } from '../feedback/read-edits.ts';
import type { ItemRecipe } from './items.ts';
import { type KnownImages, openKnownImages } from './known-images.ts';
import { type AnswerSummary, type IncomingRating, storeAnswers } from './store-answers.ts';

/** One picture as a file has it. */
export interface Incoming {
  /** Of which file or row, for errors. */
  readonly where: string;
  readonly prompt: string;
  readonly category?: string | undefined;
  readonly split?: PromptSplit | undefined;
  /** The column `edits` of its prompt, as it stands. */
  readonly edits?: unknown;
  readonly recipe?: ItemRecipe | undefined;
  /** The bytes of the picture; without them it must be in the project already, by `imageId` or `hash`. */
  readonly picture?: (() => Promise<Uint8Array>) | undefined;
  readonly imageId?: string | undefined;
  readonly hash?: string | undefined;
  readonly ratings: readonly IncomingRating[];
  /** Whether the ratings were made of answers that are where the picture of this `imageId` is. */
  readonly derived?: boolean | undefined;
}

export interface ImportSummary extends AnswerSummary {
  /** Left out, since they were made of answers about the very images. */
  readonly derivedRatings: number;
  /** Pictures that were not there before. */
  readonly images: number;
  readonly knownImages: number;
  readonly prompts: number;
  /** What had to be done to pictures. */
  readonly remarks: PictureRemarks;
}

/**
 * Stores what a file brought. Every picture is decoded and written anew first; only when all of them are sound does anything
 * enter the project, in one transaction. One that is there is found again, by its recipe or, where that is not known, by
 * prompt and pixels. Raters come in as new ones, except under pseudonyms that this project gave them itself.
 *
 * @throws CollimateError USAGE for a picture that cannot be read, or is not there; nothing is stored then.
 */
export async function storeItems(
  project: Project,
  items: Iterable<Incoming> | AsyncIterable<Incoming>,
): Promise<ImportSummary> {
  const folder = mkdtempSync(join(project.dir, 'images', '.import-'));
  const added: string[] = [];
  try {
    const known = await openKnownImages(project);
    const rows: Row[] = [];
    for await (const item of items) rows.push(await prepare(item, folder, known));
    if (rows.length === 0)
      throw new CollimateError('USAGE', 'the file holds no pictures and no ratings', 'Nothing was stored.');
    for (const { staged, fresh } of rows) {
      if (staged && fresh && !project.images.hasBlob(staged.hash)) added.push(project.images.moveBlob(staged.path));
    }
    return await inTransaction(project.db, (tx) => insertRows(tx, rows, readGrammar(project.config.prompts.grammar)));
  } catch (error) {
    for (const hash of added) rmSync(project.images.blobPath(hash), { force: true });
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Row {
  readonly item: Incoming;
  readonly imageId: string;
  /** Where it is not there yet. */
  readonly fresh?: NewImage;
  readonly staged?: { readonly path: string; readonly hash: string };
  readonly remarks: readonly PictureRemark[];
}

async function prepare(item: Incoming, folder: string, known: KnownImages): Promise<Row> {
  if (!item.picture) return { item, imageId: await known.find(item), remarks: [] };
  const { png, remarks } = await locate(item.where, async () => reencodePicture(await item.picture!()));
  const hash = hashPicture(png);
  const staged = join(folder, hash);
  writeFileAtomic(staged, png);
  return { item, ...(await known.resolve(item, png, hash)), staged: { path: staged, hash }, remarks };
}

async function locate<T>(where: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof CollimateError)) throw error;
    throw new CollimateError(error.code, `${where}: ${error.message}`, `Nothing was stored. ${error.hint}`, {
      cause: error,
    });
  }
}

function hasEdits({ edits }: Incoming): boolean {
  return edits !== undefined && edits !== null && edits !== '';
}

function toPrompt(item: Incoming, grammar: Grammar) {
  const { where, prompt: text, category, split = 'seen' } = item;
  const read = readEdits(item.edits, text);
  if ('problem' in read)
    throw new CollimateError('USAGE', `${where}: ${read.problem}`, 'Nothing was stored; mend the file first.');
  const edits = read.edits.length > 0 && { edits: read.edits };
  return { text, split, ...describePrompt(text, grammar, category), ...edits };
}

async function insertRows(tx: Database, rows: readonly Row[], grammar: Grammar): Promise<ImportSummary> {
  const fresh = rows.filter(({ fresh: image }) => image !== undefined);
  const told = rows.filter(({ item, fresh: image }) => image !== undefined || (item.prompt !== '' && hasEdits(item)));
  const prompts = new Map(told.map(({ item }) => [item.prompt, toPrompt(item, grammar)]));
  const promptsAdded = await insertPrompts(tx, [...prompts.values()]);
  for (const hash of new Set(fresh.map(({ fresh: image }) => image!.modelHash))) {
    // A model that is here keeps its path.
    if (!(await findModel(tx, hash))) await putModel(tx, { ...OUTSIDE, hash });
  }
  const images = new Map(fresh.map(({ imageId: id, fresh: image }) => [id, image!]));
  const pictured = new Set(rows.filter(({ staged }) => staged).map(({ imageId: id }) => id));
  const added = await insertImages(tx, [...images.values()]);
  return {
    images: added,
    knownImages: pictured.size - added,
    prompts: promptsAdded,
    derivedRatings: rows.filter(isDerived).reduce((sum, { item }) => sum + item.ratings.length, 0),
    ...(await storeAnswers(
      tx,
      rows
        .filter((row) => !isDerived(row))
        .flatMap(({ item, imageId: id }) => item.ratings.map((rating) => ({ ...rating, imageId: id }))),
    )),
    remarks: countRemarks(rows.map(({ remarks }) => remarks)),
  };
}

/** Whether the ratings of a row were made of those that the project has. */
function isDerived({ item, imageId: id, fresh }: Row): boolean {
  return item.derived === true && item.imageId === id && !fresh;
}
