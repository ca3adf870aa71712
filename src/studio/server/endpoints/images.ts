// The gallery and its files.

import { createReadStream, existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { addOwnImages, readDrawnWith } from '../../../method/feedback/own-images.ts';
import { openProjectReader } from '../../../method/long-prompts.ts';
import { removeChosenImages } from '../../../method/remove.ts';
import { stripPngText } from '../../../pictures/png-text.ts';
import type { ReencodedPicture } from '../../../pictures/reencode.ts';
import { countRemarks, describeRemarks } from '../../../pictures/remarks.ts';
import { listGallery } from '../../../project/images/gallery.ts';
import { findImages } from '../../../project/images/images.ts';
import { readImageLineage } from '../../../project/learning/lineage.ts';
import { findLatestRewardModel } from '../../../project/learning/rewards.ts';
import { recordAudit } from '../../../project/people/audit.ts';
import { findDecision } from '../../../project/rating/decisions.ts';
import { findGoldAnswer } from '../../../project/rating/gold.ts';
import { CollimateError } from '../../../util/errors.ts';
import { readCursor, writeCursor } from '../cursor.ts';
import type { Endpoints, Handler } from '../endpoint.ts';
import { notFound } from '../failure.ts';
import { removing } from '../removing.ts';

const listImages: Handler<'listImages'> = async ({ studio, query }) => {
  const { cursor, limit, sort, count, color, subject, background, ...filter } = query;
  const { db } = studio.project;
  const { images, next } = await listGallery(db, {
    rewardHash: (await findLatestRewardModel(db))?.hash,
    filter: { ...filter, slots: { count, color, subject, background } },
    sort,
    limit,
    after: readCursor(cursor),
  });
  return { images, next: next && writeCursor(next) };
};

const getImageFilters: Handler<'getImageFilters'> = ({ studio }) => studio.reader.read('filters', null);

const getImage: Handler<'getImage'> = async ({ studio, params: { id } }) => {
  const { db, images } = studio.project;
  const image = (await findImages(db, id)).find((found) => found.id === id);
  if (!image) throw notFound(`image ${id}`);
  const { ratings, ...lineage } = await readImageLineage(db, image);
  const { dir, config } = studio.readProjectConfig();
  const reader = image.sampler === 'none' ? undefined : openProjectReader({ dir, config });
  const { edits: _edits, ...prompt } = lineage.prompt;
  return {
    ...lineage,
    gold: (await findGoldAnswer(db, id)) ?? null,
    decision: (await findDecision(db, id)) ?? null,
    prompt: { ...prompt, cut: reader?.cut(prompt.text) ?? null },
    image: { ...image, seed: Number(image.seed), parameters: await readDrawnWith(images, image.hash) },
    ratings: ratings.map(({ guideline, words, ...rating }) => ({
      ...rating,
      words: [...words],
      guidelineVersion: guideline.version,
    })),
  };
};

/**
 * The name is the hash of the pixels, and a stored file stays as it is packed, so what is sent never changes. The text of how a picture was drawn is not among
 * them: it names the model, which raters of pairs must not know.
 */
const getImageFile: Handler<'getImageFile'> = async ({ studio, params: { hash }, query, context }) => {
  const { images, cacheDir } = studio.project;
  if (!(await images.hasBlob(hash))) throw notFound(`image file ${hash.slice(0, 12)}…`);
  const etag = `"${hash.slice(0, 32)}-${query.width ?? 'full'}"`;
  const headers = { etag, 'cache-control': 'private, max-age=31536000, immutable' };
  if (context.req.header('if-none-match') === etag) return new Response(null, { status: 304, headers });
  if (!query.width) {
    const png = stripPngText(await readFile(await images.fetchBlob(hash)));
    return new Response(new Uint8Array(png), { headers: { ...headers, 'content-type': 'image/png' } });
  }
  const small = join(cacheDir, 'thumbnails', query.width, hash.slice(0, 2), `${hash}.webp`);
  if (!existsSync(small)) await studio.images.shrink(await images.fetchBlob(hash), small, Number(query.width));
  return sendFile(small, { ...headers, 'content-type': 'image/webp' });
};

function sendFile(path: string, headers: Record<string, string>): Response {
  const body = Readable.toWeb(createReadStream(path)) as ReadableStream;
  return new Response(body, { headers: { ...headers, 'content-length': String(statSync(path).size) } });
}

const MOST_FILES = 200;
const MOST_FILE_BYTES = 32 * 1024 * 1024;

/** Nothing is stored unless every file can be decoded. Names of files are not looked at. */
const uploadImages: Handler<'uploadImages'> = async ({ studio, caller, body, context }) => {
  const { files } = await context.req.parseBody({ all: true });
  const given = (Array.isArray(files) ? files : [files]).filter((file) => file instanceof File);
  if (given.length === 0)
    throw new CollimateError('USAGE', 'the form has no files', 'Send one or more pictures in the field `files`.');
  if (given.length > MOST_FILES)
    throw new CollimateError('TOO_LARGE', `${given.length} files at once`, `Send at most ${MOST_FILES} at a time.`);
  const large = given.find(({ size }) => size > MOST_FILE_BYTES);
  if (large) throw new CollimateError('TOO_LARGE', `a file has ${large.size} bytes`, 'Send pictures of at most 32 MB.');
  const pictures: ReencodedPicture[] = [];
  for (const file of given) pictures.push(await studio.images.reencode(new Uint8Array(await file.arrayBuffer())));
  const result = await addOwnImages(
    studio.project,
    body.prompt,
    pictures.map(({ png }) => png),
  );
  const detail = { stored: result.stored, prompt: body.prompt };
  await recordAudit(studio.project.db, { actor: caller, action: 'images.upload', target: 'feedback', detail });
  const remarks = describeRemarks(countRemarks(pictures.map((picture) => picture.remarks)));
  return { ...result, remarks: remarks ?? null };
};

const removeImage: Handler<'removeImage'> = async ({ studio, caller, params: { id }, body: { force } }) => {
  const { project } = studio;
  if (!(await findImages(project.db, id)).some((found) => found.id === id)) throw notFound(`image ${id}`);
  const removed = await removing(studio, () => removeChosenImages(project, { ids: [id] }, force));
  await recordAudit(project.db, { actor: caller, action: 'image.remove', target: id, detail: { ...removed } });
  return removed;
};

export const imageEndpoints = {
  listImages,
  getImageFilters,
  getImage,
  getImageFile,
  uploadImages,
  removeImage,
} satisfies Partial<Endpoints>;
