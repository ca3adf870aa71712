// Which image of the project a picture from outside is: told by the identifier that its row names, by its recipe, or, where
// neither is known, by prompt and pixels, so that what comes in twice is there once.

import { hashPackedPng } from '../../pictures/identity.ts';
import type { ImageTable } from '../../project/database/schema.ts';
import { type ImageStore, imageId, listImages, type NewImage } from '../../project/images/images.ts';
import {
  fillPixelHashes,
  listByPixels,
  listIdsByHash,
  readStoredPixelHash,
} from '../../project/images/pixel-hashes.ts';
import { promptId } from '../../project/images/prompts.ts';
import type { CollimateError } from '../../util/errors.ts';
import { OUTSIDE, outsideRecipe } from '../feedback/own-images.ts';
import { wrong } from './columns.ts';
import { type KnownNames, openKnownNames } from './known-names.ts';
import type { Incoming } from './store-items.ts';

/** What an item shows: an image that is there, or a new one. */
export interface Resolved {
  readonly imageId: string;
  readonly fresh?: NewImage;
}

export interface KnownImages {
  /** Of an item with a picture: its PNG and its identity. @throws CollimateError USAGE for another picture of a known recipe. */
  resolve(item: Incoming, png: Uint8Array, hash: string): Promise<Resolved>;
  /** Of an item without a picture. @throws CollimateError USAGE where the project has no such picture. */
  find(item: Incoming): Promise<string>;
}

export async function openKnownImages(store: ImageStore): Promise<KnownImages> {
  const byId = new Map((await listImages(store.db)).map((image) => [image.id, image]));
  const ofPrompts = new Map<string, Map<string, ImageTable>>();
  let names: KnownNames | undefined;
  /** Images for feedback under a prompt, by their pixels; identities that were missing are made. */
  const pixelsOf = async (prompt: string): Promise<Map<string, ImageTable>> => {
    const known = ofPrompts.get(prompt) ?? (await listByPixels(store, prompt, 'feedback'));
    ofPrompts.set(prompt, known);
    return known;
  };
  const shows = async (image: ImageTable, png: Uint8Array, hash: string): Promise<boolean> => {
    const pixelHash = image.pixelHash ?? (await readPixelHash(store, image));
    return pixelHash === null ? image.hash === hashPackedPng(png) : pixelHash === hash;
  };
  return {
    async resolve(item, png, hash) {
      const prompt = promptId(item.prompt);
      const named = item.imageId === undefined ? undefined : byId.get(item.imageId);
      if (named?.promptId === prompt && (await shows(named, png, hash))) return { imageId: named.id };
      if (!item.recipe || item.recipe.modelHash === OUTSIDE.hash) {
        const twin = (await pixelsOf(prompt)).get(hash);
        if (twin) return { imageId: twin.id };
      }
      const fresh = { ...(item.recipe ?? outsideRecipe(prompt, hash)), promptId: prompt, hash };
      const there = byId.get(imageId(fresh));
      if (!there) return { imageId: imageId(fresh), fresh };
      if (await shows(there, png, hash)) return { imageId: there.id };
      throw wrong(
        item.where,
        'this project has another picture of the same prompt, seed, model and settings',
        'Nothing was stored; import into a project of its own.',
      );
    },
    async find(item) {
      if (item.fileName === undefined || item.imageId !== undefined || item.hash !== undefined)
        return findStored(store, byId, item);
      names ??= await openKnownNames(store.db);
      const named = names.find(item.fileName, item.prompt, item.where);
      if (named !== undefined) return named;
      throw missing(item.where, `that came in as ${item.fileName}`);
    },
  };
}

async function readPixelHash(
  { db, ...rest }: ImageStore,
  { id, promptId: prompt }: ImageTable,
): Promise<string | null> {
  await fillPixelHashes({ db, ...rest }, [prompt]);
  return readStoredPixelHash(db, id);
}

/** By its identifier, else by the hash of its pixels, or of its file as it was called before. */
async function findStored(
  store: ImageStore,
  byId: ReadonlyMap<string, ImageTable>,
  { where, imageId: id, hash }: Incoming,
): Promise<string> {
  const named = id === undefined ? undefined : byId.get(id);
  if (named && (hash === undefined || (await isCalled(store, named, hash)))) return named.id;
  const found = hash === undefined ? undefined : await findByHash(store, hash, id);
  if (found !== undefined) return found;
  throw missing(where, hash ?? id ?? '(no image_id, image_hash or file_name is given)');
}

function missing(where: string, which: string): CollimateError {
  return wrong(
    where,
    `the project has no picture ${which}`,
    'Nothing was stored; import the pictures first, for example with `collimate import imagefolder`.',
  );
}

/** Whether an image has, or before its pixels were its identity would have had, this name. */
async function isCalled({ images: blobs }: ImageStore, image: ImageTable, hash: string): Promise<boolean> {
  if (hash === image.hash || hash === image.pixelHash) return true;
  return (await blobs.hasBlob(image.hash)) && hashPackedPng(await blobs.getBlob(image.hash)) === hash;
}

async function findByHash(store: ImageStore, hash: string, id?: string): Promise<string | undefined> {
  const find = async () => {
    const ids = await listIdsByHash(store.db, hash);
    return ids.find((own) => own === id) ?? ids[0];
  };
  const found = await find();
  if (found !== undefined || (await fillPixelHashes(store)) === 0) return found;
  return find();
}
