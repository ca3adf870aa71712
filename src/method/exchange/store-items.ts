// Pictures with prompts and answers into a project: all of them, or, where anything is wrong, none.

import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { reencodePicture } from '../../pictures/reencode.ts';
import { type Database, inTransaction, now } from '../../project/database/database.ts';
import type { Answer, PromptSplit } from '../../project/database/schema.ts';
import { hashPicture } from '../../project/images/blobs.ts';
import { imageId, insertImages, listImages, type NewImage } from '../../project/images/images.ts';
import { findModel, putModel } from '../../project/images/models.ts';
import { insertPrompts, promptId } from '../../project/images/prompts.ts';
import { readPseudonyms } from '../../project/people/pseudonyms.ts';
import type { Project } from '../../project/project.ts';
import { addGuideline, findGuidelineVersion, findLatestGuideline } from '../../project/rating/guidelines.ts';
import { putRater } from '../../project/rating/raters.ts';
import { insertRatings } from '../../project/rating/ratings.ts';
import { CollimateError } from '../../util/errors.ts';
import { writeFileAtomic } from '../../util/files.ts';
import { sha256 } from '../../util/hash.ts';
import { describePrompt, OUTSIDE } from '../feedback/own-images.ts';
import type { ItemRecipe } from './items.ts';

export interface IncomingRating {
  readonly rater: string;
  readonly answer: Answer;
  readonly milliseconds: number;
  /** As the sender counts them; 0 where unknown. */
  readonly guidelineVersion: number;
  readonly ratedAt?: string | undefined;
}

/** One picture as a file has it. */
export interface Incoming {
  /** Of which file or row, for errors. */
  readonly where: string;
  readonly prompt: string;
  readonly category?: string | undefined;
  readonly split?: PromptSplit | undefined;
  readonly recipe?: ItemRecipe | undefined;
  /** The bytes of the picture; without them it must be in the project already, by `imageId` or `hash`. */
  readonly picture?: (() => Promise<Uint8Array>) | undefined;
  readonly imageId?: string | undefined;
  readonly hash?: string | undefined;
  readonly ratings: readonly IncomingRating[];
}

export interface ImportSummary {
  /** Pictures that were not there before. */
  readonly images: number;
  readonly knownImages: number;
  readonly prompts: number;
  readonly ratings: number;
  readonly knownRatings: number;
}

/**
 * Stores what a file brought. Every picture is decoded and written anew first; only when all of them are sound does anything
 * enter the project, in one transaction. A picture whose recipe is not known has sampler `none`, 0 steps, and a seed that is
 * part of its hash. Raters come in as new ones, except under pseudonyms that this project gave them itself.
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
    const known = await readKnown(project.db);
    const rows: Row[] = [];
    for await (const item of items) rows.push(await prepare(item, folder, known));
    if (rows.length === 0)
      throw new CollimateError('USAGE', 'the file holds no pictures and no ratings', 'Nothing was stored.');
    for (const { staged, image } of rows) {
      if (!staged || project.images.hasBlob(image!.hash)) continue;
      added.push(project.images.moveBlob(staged));
    }
    return await inTransaction(project.db, (tx) => insertRows(tx, rows));
  } catch (error) {
    for (const hash of added) rmSync(project.images.blobPath(hash), { force: true });
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Row {
  readonly item: Incoming;
  /** A new image, or the one that is there. */
  readonly image?: NewImage;
  readonly imageId: string;
  readonly staged?: string;
}

interface Known {
  /** Hash of the file by identifier. */
  readonly byId: ReadonlyMap<string, string>;
  readonly byHash: ReadonlyMap<string, string>;
}

async function readKnown(db: Database): Promise<Known> {
  const images = await listImages(db);
  return {
    byId: new Map(images.map(({ id, hash }) => [id, hash])),
    byHash: new Map(images.map(({ id, hash }) => [hash, id])),
  };
}

async function prepare(item: Incoming, folder: string, known: Known): Promise<Row> {
  if (!item.picture) return { item, imageId: findKnown(item, known) };
  const { png } = await locate(item.where, async () => reencodePicture(await item.picture!()));
  const hash = hashPicture(png);
  const staged = join(folder, hash);
  writeFileAtomic(staged, png);
  const recipe = item.recipe ?? {
    seed: Number.parseInt(hash.slice(0, 8), 16),
    sampler: 'none',
    steps: 0,
    guidanceScale: 0,
    modelHash: OUTSIDE.hash,
    purpose: 'feedback',
  };
  const image = { ...recipe, promptId: promptId(item.prompt), hash };
  const id = imageId(image);
  const there = known.byId.get(id);
  if (there !== undefined && there !== hash)
    throw new CollimateError(
      'USAGE',
      `${item.where}: this project has another picture of the same prompt, seed, model and settings`,
      'Nothing was stored; import into a project of its own.',
    );
  return { item, image, imageId: id, staged };
}

function findKnown({ where, imageId: id, hash }: Incoming, { byId, byHash }: Known): string {
  if (id !== undefined && byId.has(id) && (hash === undefined || byId.get(id) === hash)) return id;
  const found = hash === undefined ? undefined : byHash.get(hash);
  if (found !== undefined) return found;
  throw new CollimateError(
    'USAGE',
    `${where}: the project has no picture ${hash ?? id ?? '(no image_id or image_hash is given)'}`,
    'Nothing was stored; import the pictures first, for example with `collimate import imagefolder`.',
  );
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

async function insertRows(tx: Database, rows: readonly Row[]): Promise<ImportSummary> {
  const fresh = rows.filter(({ image }) => image !== undefined);
  const prompts = new Map(
    fresh.map(({ item: { prompt: text, category, split = 'seen' } }) => [
      text,
      { text, split, ...describePrompt(text, category) },
    ]),
  );
  const promptsAdded = await insertPrompts(tx, [...prompts.values()]);
  for (const hash of new Set(fresh.map(({ image }) => image!.modelHash))) {
    // A model that is here keeps its path.
    if (!(await findModel(tx, hash))) await putModel(tx, { ...OUTSIDE, hash });
  }
  const images = new Map(fresh.map(({ imageId: id, image }) => [id, image!]));
  const imagesAdded = await insertImages(tx, [...images.values()]);
  const ratings = await insertAnswers(tx, rows);
  return {
    images: imagesAdded,
    knownImages: images.size - imagesAdded,
    prompts: promptsAdded,
    ratings: ratings.added,
    knownRatings: ratings.all - ratings.added,
  };
}

async function insertAnswers(tx: Database, rows: readonly Row[]): Promise<{ added: number; all: number }> {
  const own = new Map([...(await readPseudonyms(tx))].map(([id, { name }]) => [name, id]));
  const given = rows.flatMap(({ item, imageId: id }) => item.ratings.map((rating) => ({ ...rating, imageId: id })));
  if (given.length === 0) return { added: 0, all: 0 };
  const foreign = given.filter(({ rater }) => !own.has(rater));
  const raters = new Map(
    [...new Set(foreign.map(({ rater }) => rater))].map((name) => [name, `import-${sha256(name).slice(0, 16)}`]),
  );
  for (const [name, id] of raters) await putRater(tx, { id, name, kind: 'human', settings: { imported: true } });
  const versions = await mapGuidelines(tx, [...new Set(foreign.map(({ guidelineVersion }) => guidelineVersion))]);
  const latest = (await findLatestGuideline(tx))?.version ?? 1;
  const ratings = given.map(({ imageId: id, rater, answer, milliseconds, guidelineVersion, ratedAt }) => ({
    imageId: id,
    raterId: own.get(rater) ?? raters.get(rater)!,
    answer,
    milliseconds,
    ratedAt: ratedAt ?? now(),
    guidelineVersion: own.has(rater)
      ? Math.min(Math.max(1, guidelineVersion), latest)
      : versions.get(guidelineVersion)!,
  }));
  return { added: await insertRatings(tx, ratings), all: ratings.length };
}

/** Versions of the sender's guidelines as versions here; what this project's raters are told stays in force. */
async function mapGuidelines(tx: Database, versions: readonly number[]): Promise<Map<number, number>> {
  const before = await findLatestGuideline(tx);
  const mapped = new Map<number, number>();
  for (const version of versions.toSorted((a, b) => a - b)) {
    const which = version === 0 ? 'not known' : `version ${version} of where they were given`;
    const text = `Guidelines of imported answers: ${which}.`;
    mapped.set(version, (await findGuidelineVersion(tx, text)) ?? (await addGuideline(tx, text)));
  }
  if (before && mapped.size > 0) await addGuideline(tx, before.text);
  return mapped;
}
