// Pictures that a model drew, into the project: the file first, then its row. A picture whose row is there and whose file is
// gone takes the row's place again.

import { hashPackedPng } from '../../pictures/identity.ts';
import type { Database } from '../database/database.ts';
import { type ImageRecipe, type ImageStore, imageId, insertImages, type NewImage } from './images.ts';

/** A recipe with the picture that it gave. */
export type DrawnRecipe = ImageRecipe & Pick<NewImage, 'batch'> & { readonly png: Uint8Array };

/**
 * Stores pictures with their recipes. Where a file was gone and the picture drawn in its place is not known to be the same
 * one, as on another machine, that is told: answers about it were given about the one before.
 */
export async function storeDrawn(
  { db, images: blobs }: ImageStore,
  drawn: readonly DrawnRecipe[],
  note: (text: string) => void,
): Promise<void> {
  const rows = await Promise.all(
    drawn.map(async ({ png, ...recipe }) => ({ ...recipe, hash: await blobs.putBlob(png) })),
  );
  await insertImages(db, rows);
  const pngs = new Map(drawn.map(({ png, ...recipe }) => [imageId(recipe), png]));
  const hashes = new Map(rows.map((row) => [imageId(row), row.hash]));
  let others = 0;
  for (const { id, hash, pixelHash } of await listByIds(db, [...hashes.keys()])) {
    const own = hashes.get(id)!;
    if (hash === own || (await blobs.hasBlob(hash))) continue;
    if (pixelHash !== own && hash !== hashPackedPng(pngs.get(id)!)) others++;
    await db.updateTable('images').set({ hash: own, pixelHash: own }).where('id', '=', id).execute();
  }
  if (others > 0)
    note(
      `${others} pictures whose files were gone were drawn again, and are not known to be the same to the pixel; answers about them stay`,
    );
}

function listByIds(db: Database, ids: readonly string[]) {
  return db.selectFrom('images').select(['id', 'hash', 'pixelHash']).where('id', 'in', ids).execute();
}
