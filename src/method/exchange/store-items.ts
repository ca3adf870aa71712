// Pictures with prompts and answers into a project: all of them, or, where anything is wrong, none.

import { join } from 'node:path';
import { hashPackedPng, hashPicture } from '../../pictures/identity.ts';
import { reencodePicture } from '../../pictures/reencode.ts';
import { countRemarks, type PictureRemark, type PictureRemarks } from '../../pictures/remarks.ts';
import { type Database, inTransaction } from '../../project/database/database.ts';
import type { Answer, PromptSplit } from '../../project/database/schema.ts';
import { addImageNames } from '../../project/images/image-names.ts';
import { insertImages, type NewImage } from '../../project/images/images.ts';
import { findModel, putModel } from '../../project/images/models.ts';
import { insertPrompts, listPromptSplits, promptId } from '../../project/images/prompts.ts';
import { openStaging } from '../../project/images/staging.ts';
import type { Project } from '../../project/project.ts';
import type { Grammar } from '../../project/prompts/grammar.ts';
import { readGrammar } from '../../project/prompts/grammar-input.ts';
import { CollimateError } from '../../util/errors.ts';
import { writeFileAtomic } from '../../util/files.ts';
import { sha256 } from '../../util/hash.ts';
import { NETWORKS_TAKEN_OUT, withoutNetworks } from '../../util/outside-text.ts';
import { CATEGORY_BY_WORDS, describePrompt, isOverruled, OUTSIDE } from '../feedback/own-images.ts';
import { readEdits } from '../feedback/read-edits.ts';
import { wrong } from './columns.ts';
import { describeOmissions } from './describe-notes.ts';
import type { ItemRecipe } from './items.ts';
import { joinPrompts } from './join-prompts.ts';
import { type KnownImages, openKnownImages } from './known-images.ts';
import type { ImportNotes, ImportReport } from './notes.ts';
import { type AnswerSummary, type IncomingRating, storeAnswers } from './store-answers.ts';
import { type DecisionSummary, storeDecisions } from './store-decisions.ts';
import { type IncomingPair, type PairSummary, type StoredItem, storePairs } from './store-pairs.ts';

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
  /** What an admin decided there. */
  readonly decision?: Answer | undefined;
  /** What the file of the picture is called there. */
  readonly fileName?: string | undefined;
  /** Whether the ratings were made of answers that are where the picture of this `imageId` is. */
  readonly derived?: boolean | undefined;
  /** By which pairs of the file name it. */
  readonly key?: string | undefined;
  /** Choices in which it stands first. */
  readonly pairs?: readonly IncomingPair[] | undefined;
}

export interface ImportSummary extends AnswerSummary, DecisionSummary, PairSummary {
  /** Left out, since they were made of answers about the very images. */
  readonly derivedRatings: number;
  /** Pictures that were not there before. */
  readonly images: number;
  readonly knownImages: number;
  readonly prompts: number;
  /** What had to be done to pictures. */
  readonly remarks: PictureRemarks;
  /** What was left out, and how the rest was read. */
  readonly notes: ImportReport;
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
  read: (scratch: string) => AsyncIterable<Incoming>,
  notes: ImportNotes,
): Promise<ImportSummary> {
  const staging = openStaging(project.dir);
  const added: string[] = [];
  try {
    const known = await openKnownImages(project);
    const rows: Row[] = [];
    for await (const item of read(staging.dir)) {
      const row = await notes.attempt(() => prepare(item, staging.dir, known, notes));
      if (row) rows.push(row);
    }
    const { leftOut } = notes.finish();
    if (rows.length === 0) throw nothingFound(leftOut);
    for (const { staged, fresh } of rows) {
      if (staged && fresh && !(await project.images.hasBlob(staged.hash)))
        added.push(await project.images.moveBlob(staged.path));
    }
    return await inTransaction(project.db, async (tx) => ({
      ...(await insertRows(tx, rows, readGrammar(project.config.prompts.grammar), notes)),
      notes: notes.finish(),
    }));
  } catch (error) {
    for (const hash of added) await project.images.removeBlob(hash);
    throw error;
  } finally {
    staging.remove();
  }
}

function nothingFound(leftOut: ImportReport['leftOut']): CollimateError {
  const reasons = describeOmissions(leftOut).join('; ');
  return new CollimateError(
    'USAGE',
    `there is nothing to import: no picture and no answer${reasons && `, but ${reasons}`}`,
    'Nothing was stored. docs/exchange.md says what each format holds, and where captions of pictures may stand.',
  );
}

interface Row {
  readonly item: Omit<Incoming, 'picture'>;
  readonly imageId: string;
  /** Where it is not there yet. */
  readonly fresh?: NewImage;
  readonly staged?: { readonly path: string; readonly hash: string };
  readonly remarks: readonly PictureRemark[];
}

async function prepare(
  { picture, ...given }: Incoming,
  folder: string,
  known: KnownImages,
  notes: ImportNotes,
): Promise<Row> {
  const item = takeNetworks(given, notes);
  takeEdits(item);
  if (!picture) return { item, imageId: await known.find(item), remarks: [] };
  const bytes = await locate(item.where, picture);
  const { png, remarks } = await locate(item.where, () => reencodePicture(bytes));
  const hash = hashPicture(png);
  noteOther(item, [hash, sha256(bytes), hashPackedPng(png)], notes);
  const staged = join(folder, hash);
  writeFileAtomic(staged, png);
  // The bytes are on disk now; a row that kept them would keep those of a whole data set.
  return { item, ...(await known.resolve(item, png, hash)), staged: { path: staged, hash }, remarks };
}

/** Answers of an export are about the picture that it was made with; earlier releases called it by the hash of its file. */
function noteOther({ imageId, hash }: Omit<Incoming, 'picture'>, names: readonly string[], notes: ImportNotes): void {
  if (imageId !== undefined && hash !== undefined && !names.includes(hash))
    notes.readAs('picture that is another one than its image_hash says, taken as it is now');
}

/** Prompts of this project's own exports stay what they are. */
function takeNetworks<T extends Omit<Incoming, 'picture'>>(item: T, notes: ImportNotes): T {
  if (item.imageId !== undefined || item.hash !== undefined) return item;
  const prompt = withoutNetworks(item.prompt);
  if (prompt === item.prompt) return item;
  if (prompt === '') throw wrong(item.where, 'the prompt has nothing but names of networks in it');
  notes.readAs(NETWORKS_TAKEN_OUT);
  return { ...item, prompt };
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

function hasEdits({ edits }: Pick<Incoming, 'edits'>): boolean {
  return edits !== undefined && edits !== null && edits !== '';
}

/** @throws CollimateError USAGE where the edits of a row are none */
function takeEdits({ where, prompt, edits }: Omit<Incoming, 'picture'>) {
  const read = readEdits(edits, prompt);
  if ('edits' in read) return read.edits;
  throw new CollimateError('USAGE', `${where}: ${read.problem}`, 'Nothing was stored; mend the file first.');
}

async function insertRows(
  tx: Database,
  rows: readonly Row[],
  grammar: Grammar,
  notes: ImportNotes,
): Promise<Omit<ImportSummary, 'notes'>> {
  noteTwins(rows, notes);
  const fresh = rows.filter(({ fresh: image }) => image !== undefined);
  const told = rows.filter(({ item, fresh: image }) => image !== undefined || (item.prompt !== '' && hasEdits(item)));
  const items = told.map(({ item }) => item);
  const stored = await listPromptSplits(
    tx,
    items.map(({ prompt }) => promptId(prompt)),
  );
  const promptsAdded = await insertPrompts(
    tx,
    joinPrompts(items, stored, notes).map((item) => {
      const { prompt: text, split, category } = item;
      const edits = takeEdits(item);
      const described = describePrompt(text, grammar, category);
      if (isOverruled(described, category)) notes.readAs(CATEGORY_BY_WORDS);
      return { text, split, ...described, ...(edits.length > 0 && { edits }) };
    }),
  );
  for (const hash of new Set(fresh.map(({ fresh: image }) => image!.modelHash))) {
    // A model that is here keeps its path.
    if (!(await findModel(tx, hash))) await putModel(tx, { ...OUTSIDE, hash });
  }
  const images = new Map(fresh.map(({ imageId: id, fresh: image }) => [id, image!]));
  const pictured = new Set(rows.filter(({ staged }) => staged).map(({ imageId: id }) => id));
  const added = await insertImages(tx, [...images.values()]);
  await addImageNames(
    tx,
    rows.flatMap(({ item, imageId: id, staged }) =>
      staged && isForeign(item.fileName, [staged.hash, item.hash])
        ? [{ imageId: id, name: toStored(item.fileName, notes) }]
        : [],
    ),
  );
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
    ...(await storeDecisions(
      tx,
      rows.flatMap(({ item: { decision }, imageId }) => (decision ? [{ imageId, answer: decision }] : [])),
    )),
    ...(await storePairs(
      tx,
      rows.flatMap(({ item }) => item.pairs ?? []),
      byKey(rows),
      notes,
    )),
    remarks: countRemarks(rows.map(({ remarks }) => remarks)),
  };
}

const UNDER_SEVERAL = 'picture that is the same as another here, under another prompt or recipe: an image for each';

/** Files that are one image, and pictures that are several; formats of rows without names of files say the same picture often. */
function noteTwins(rows: readonly Row[], notes: ImportNotes): void {
  const [seen, ofPictures] = [new Set<string>(), new Map<string, string>()];
  for (const { item, imageId: id, staged } of rows) {
    if (!staged) continue;
    if (seen.has(id) && item.fileName !== undefined)
      notes.readAs('picture that is the same as another here, under the same prompt: one image');
    // Our own exports say which image each is.
    const isOther = (ofPictures.get(staged.hash) ?? id) !== id && item.imageId === undefined;
    if (isOther && !seen.has(id)) notes.readAs(UNDER_SEVERAL);
    seen.add(id);
    if (!ofPictures.has(staged.hash)) ofPictures.set(staged.hash, id);
  }
}

function byKey(rows: readonly Row[]): Map<string, StoredItem> {
  return new Map(
    rows.flatMap(({ item, imageId, fresh }): [string, StoredItem][] =>
      item.key === undefined ? [] : [[item.key, { imageId, isNamed: item.imageId === imageId && !fresh }]],
    ),
  );
}

/** Whether the ratings of a row were made of those that the project has. */
function isDerived({ item, imageId: id, fresh }: Row): boolean {
  return item.derived === true && item.imageId === id && !fresh;
}

/** Whether a file has a name that says more than the hash of its picture, as the files of our own exports do not. */
function isForeign(name: string | undefined, hashes: readonly (string | undefined)[]): name is string {
  return name !== undefined && !hashes.some((hash) => hash !== undefined && name.includes(hash));
}

/** Letters of a file's name that are kept: indexes of PostgreSQL take no more than 2,700 bytes. */
const MOST_OF_NAME = 600;

/** A name as it can be stored: of a file it may hold whatever the system lets it. Of a long one the end says most. */
function toStored(name: string, notes: ImportNotes): string {
  const letters = [...name.replace(/[\p{Cc}\p{Surrogate}]/gu, '\uFFFD')];
  if (letters.length > MOST_OF_NAME)
    notes.readAs(`name of a file above ${MOST_OF_NAME} letters, of which the end is kept`);
  return letters.slice(-MOST_OF_NAME).join('');
}
