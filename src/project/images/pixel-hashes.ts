// The identity of pictures by their pixels, `hashPixels`. Pictures that a project stored before there was one are known by
// their packed file, which stays their name; their identity is made when it is first asked for, of those that are asked for.

import { readFileSync } from 'node:fs';
import { hashPackedPng, hashPixels } from '../../pictures/identity.ts';
import { decodePng } from '../../pictures/image.ts';
import { decodeOutside } from '../../pictures/outside.ts';
import { CollimateError } from '../../util/errors.ts';
import type { Database } from '../database/database.ts';
import type { ImagePurpose, ImageTable } from '../database/schema.ts';
import type { BlobStore } from './blobs.ts';
import { findImages, type ImageStore } from './images.ts';

const PER_QUERY = 1000;

/**
 * Makes the identities that are missing, of the images of these prompts or of all; what has no file, or a damaged one, is left
 * without. Returns how many pictures were looked at.
 */
export async function fillPixelHashes(
  { db, images: blobs }: ImageStore,
  promptIds?: readonly string[],
): Promise<number> {
  const hashes = await listUnknown(db, promptIds);
  for (const hash of hashes) {
    const pixelHash = await readPixelHash(blobs, hash);
    if (pixelHash !== undefined) await db.updateTable('images').set({ pixelHash }).where('hash', '=', hash).execute();
  }
  return hashes.length;
}

async function listUnknown(db: Database, promptIds?: readonly string[]): Promise<string[]> {
  const query = db.selectFrom('images').select('hash').distinct().where('pixelHash', 'is', null).orderBy('hash');
  if (promptIds === undefined) return (await query.execute()).map(({ hash }) => hash);
  const found = new Set<string>();
  for (let i = 0; i < promptIds.length; i += PER_QUERY) {
    const rows = await query.where('promptId', 'in', promptIds.slice(i, i + PER_QUERY)).execute();
    for (const { hash } of rows) found.add(hash);
  }
  return [...found];
}

async function readPixelHash(blobs: BlobStore, hash: string): Promise<string | undefined> {
  if (!(await blobs.hasBlob(hash))) return undefined;
  try {
    return hashPixels(await decodePng(await blobs.getBlob(hash)));
  } catch (error) {
    if (error instanceof CollimateError) return undefined;
    throw error;
  }
}

/** Images of a prompt and purpose, by their pixels; of several with the same ones, the first by identifier. */
export async function listByPixels(
  store: ImageStore,
  promptId: string,
  purpose: ImagePurpose,
): Promise<Map<string, ImageTable>> {
  await fillPixelHashes(store, [promptId]);
  const rows = await store.db
    .selectFrom('images')
    .selectAll()
    .where('promptId', '=', promptId)
    .where('purpose', '=', purpose)
    .where('pixelHash', 'is not', null)
    .orderBy('id', 'desc')
    .execute();
  return new Map(rows.map((row) => [row.pixelHash!, row]));
}

/** The images that show what a file shows, however it is packed. @throws CollimateError USAGE for what is no picture. */
export async function findImagesOfFile(project: ImageStore, path: string): Promise<ImageTable[]> {
  const bytes = readFileSync(path);
  const find = async () => {
    const byPixels = await findImages(project.db, hashPixels(await decodeOutside(bytes)));
    return byPixels.length > 0 ? byPixels : findImages(project.db, hashPackedPng(bytes));
  };
  const found = await find();
  if (found.length > 0 || (await fillPixelHashes(project)) === 0) return found;
  return find();
}

/** The identity of a stored picture's pixels; null where it is not made yet. */
export async function readStoredPixelHash(db: Database, id: string): Promise<string | null> {
  const row = await db.selectFrom('images').select('pixelHash').where('id', '=', id).executeTakeFirst();
  return row?.pixelHash ?? null;
}

/** Images whose file or pixels have this hash, in a fixed order. */
export async function listIdsByHash(db: Database, hash: string): Promise<string[]> {
  const rows = await db
    .selectFrom('images')
    .select('id')
    .where((e) => e.or([e('hash', '=', hash), e('pixelHash', '=', hash)]))
    .orderBy('id')
    .execute();
  return rows.map(({ id }) => id);
}
