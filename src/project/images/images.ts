// Images: the recipe each was drawn by, and the hash of its file. The identifier is a function of the recipe alone,
// so a stage knows which of its images are there before it draws any.

import { hashJson } from '../../util/hash.ts';
import { type Database, insertInChunks, inTransaction, now } from '../database/database.ts';
import type { ImagePurpose, ImageTable, PromptSplit } from '../database/schema.ts';
import { queueImages } from '../rating/queue-items.ts';
import type { BlobStore } from './blobs.ts';

/** Where the images of a project are: their rows, and their files. */
export interface ImageStore {
  readonly db: Database;
  readonly images: BlobStore;
}

/** Everything that decides an image's pixels, and what it was drawn for (`feedback`, `evaluation`, `sample`, …). */
export type ImageRecipe = Pick<
  ImageTable,
  'promptId' | 'seed' | 'sampler' | 'steps' | 'guidanceScale' | 'modelHash' | 'purpose'
> & {
  /** Empty where none is given. */
  negativePrompt?: string;
  /** In pixels; none, or both null, where the model's own size was asked for. */
  width?: number | null;
  height?: number | null;
  /** Of the network that draws; default float32. */
  precision?: string;
  /** The side in pixels of the tiles that it was decoded in; none, or null, where it was decoded whole. */
  vaeTile?: number | null;
};

/** A recipe that has been drawn: `hash` is the identity of the picture and names the PNG in the blob store, `batch` groups the images of one evaluation or run. */
export interface NewImage extends ImageRecipe {
  hash: string;
  batch?: string | null;
}

/** The recipe of an object that may hold more. */
function toRecipe(image: ImageRecipe): Required<ImageRecipe> {
  const { promptId, seed, sampler, steps, guidanceScale, negativePrompt = '', modelHash, purpose } = image;
  const { width = null, height = null, precision = 'float32', vaeTile = null } = image;
  const how = { sampler, steps, guidanceScale, negativePrompt, width, height, precision, vaeTile };
  return { promptId, seed, ...how, modelHash, purpose };
}

/**
 * The identifier of a recipe: the first 32 digits of its hash. One without a negative prompt is hashed as before there were
 * any, and so is one of the model's own size, one of float32, and one that is decoded whole.
 */
export function imageId(recipe: ImageRecipe): string {
  const { promptId, seed, sampler, steps, guidanceScale, negativePrompt, modelHash, purpose } = recipe;
  const own = negativePrompt ? [negativePrompt] : [];
  const size = recipe.width && recipe.height ? [[recipe.width, recipe.height]] : [];
  const half = recipe.precision && recipe.precision !== 'float32' ? [{ precision: recipe.precision }] : [];
  const tile = recipe.vaeTile ? [{ vaeTile: recipe.vaeTile }] : [];
  const parts = [promptId, seed, sampler, steps, guidanceScale, modelHash, purpose, ...own, ...size, ...half, ...tile];
  return hashJson(parts).slice(0, 32);
}

/** Stores images whose recipe is not there yet, queues them for rating, and returns how many were new. */
export function insertImages(db: Database, images: readonly NewImage[]): Promise<number> {
  const createdAt = now();
  const rows = images.map((image) => ({
    ...toRecipe(image),
    hash: image.hash,
    pixelHash: image.hash,
    batch: image.batch ?? null,
    id: imageId(image),
    createdAt,
  }));
  return inTransaction(db, async (tx) => {
    const added = await insertInChunks(tx, rows, (open, chunk) =>
      open
        .insertInto('images')
        .values(chunk)
        .onConflict((c) => c.column('id').doNothing()),
    );
    if (added > 0) await queueImages(tx, rows);
    return added;
  });
}

/** The recipes among `recipes` that have no image yet, in the same order. */
export async function filterMissingImages<Recipe extends ImageRecipe>(
  db: Database,
  recipes: readonly Recipe[],
): Promise<Recipe[]> {
  const first = recipes[0];
  if (!first) return [];
  const purposes = [...new Set(recipes.map((recipe) => recipe.purpose))];
  const rows = await db.selectFrom('images').select('id').where('purpose', 'in', purposes).execute();
  const there = new Set(rows.map((row) => row.id));
  return recipes.filter((recipe) => !there.has(imageId(recipe)));
}

const IDS_PER_QUERY = 1000;

/** The files of images, by the image's identifier; those without a row are not named. */
export async function readImageHashes(db: Database, ids: readonly string[]): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (let i = 0; i < ids.length; i += IDS_PER_QUERY) {
    const some = ids.slice(i, i + IDS_PER_QUERY);
    const rows = await db.selectFrom('images').select(['id', 'hash']).where('id', 'in', some).execute();
    for (const { id, hash } of rows) found.set(id, hash);
  }
  return found;
}

/** What `listImages` may be narrowed by. */
export interface ImageFilter {
  purpose?: ImagePurpose;
  modelHash?: string;
  batch?: string;
  promptId?: string;
  split?: PromptSplit;
}

/** Images in a fixed order (prompt, then seed, then identifier). */
export function listImages(db: Database, filter: ImageFilter = {}): Promise<ImageTable[]> {
  let query = db.selectFrom('images').selectAll('images').orderBy('promptId').orderBy('seed').orderBy('images.id');
  if (filter.purpose) query = query.where('purpose', '=', filter.purpose);
  if (filter.modelHash) query = query.where('modelHash', '=', filter.modelHash);
  if (filter.batch) query = query.where('batch', '=', filter.batch);
  if (filter.promptId) query = query.where('promptId', '=', filter.promptId);
  if (filter.split)
    query = query.innerJoin('prompts', 'prompts.id', 'images.promptId').where('split', '=', filter.split);
  return query.execute();
}

/** Images whose identifier, hash of the file or of the pixels starts with `reference` (at least 4 digits). */
export function findImages(db: Database, reference: string): Promise<ImageTable[]> {
  if (!/^[0-9a-f]{4,64}$/.test(reference)) return Promise.resolve([]);
  return db
    .selectFrom('images')
    .selectAll()
    .where((e) => e.or((['id', 'hash', 'pixelHash'] as const).map((name) => e(name, 'like', `${reference}%`))))
    .orderBy('createdAt')
    .orderBy('id')
    .execute();
}
