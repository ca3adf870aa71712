// What the files of imported pictures were called where they came from. One picture may have come in under several names, and
// several under one.

import { type Database, insertInChunks } from '../database/database.ts';
import type { ImageNameTable } from '../database/schema.ts';

/** Remembers names that are not there yet. */
export async function addImageNames(db: Database, names: readonly ImageNameTable[]): Promise<void> {
  await insertInChunks(db, names, (open, chunk) =>
    open
      .insertInto('imageNames')
      .values(chunk)
      .onConflict((c) => c.columns(['imageId', 'name']).doNothing()),
  );
}

/** The names of one image, in a fixed order. */
export async function listNamesOf(db: Database, imageId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('imageNames')
    .select('name')
    .where('imageId', '=', imageId)
    .orderBy('name')
    .execute();
  return rows.map(({ name }) => name);
}

/** All names, each with the image and its prompt. */
export function listImageNames(db: Database): Promise<(ImageNameTable & { promptId: string })[]> {
  return db
    .selectFrom('imageNames')
    .innerJoin('images', 'images.id', 'imageNames.imageId')
    .select(['imageNames.imageId', 'imageNames.name', 'images.promptId'])
    .orderBy('imageNames.name')
    .orderBy('imageNames.imageId')
    .execute();
}
