import { createReadStream, existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { stripPngText } from '../../../pictures/png-text.ts';
import type { Handler } from '../endpoint.ts';
import { notFound } from '../failure.ts';

/**
 * The name is the hash of the bytes that are sent, so they never change. The text of how a picture was drawn is not among
 * them: it names the model, which raters of pairs must not know.
 */
export const getImageFile: Handler<'getImageFile'> = async ({ studio, params: { hash }, query, context }) => {
  const { images, dir } = studio.project;
  if (!images.hasBlob(hash)) throw notFound(`image file ${hash.slice(0, 12)}…`);
  const etag = `"${hash.slice(0, 32)}-${query.width ?? 'full'}"`;
  const headers = { etag, 'cache-control': 'private, max-age=31536000, immutable' };
  if (context.req.header('if-none-match') === etag) return new Response(null, { status: 304, headers });
  if (!query.width) {
    const png = stripPngText(await readFile(images.blobPath(hash)));
    return new Response(new Uint8Array(png), { headers: { ...headers, 'content-type': 'image/png' } });
  }
  const small = join(dir, '.cache', 'thumbnails', query.width, hash.slice(0, 2), `${hash}.webp`);
  if (!existsSync(small)) await studio.images.shrink(images.blobPath(hash), small, Number(query.width));
  return sendFile(small, { ...headers, 'content-type': 'image/webp' });
};

function sendFile(path: string, headers: Record<string, string>): Response {
  const body = Readable.toWeb(createReadStream(path)) as ReadableStream;
  return new Response(body, { headers: { ...headers, 'content-length': String(statSync(path).size) } });
}
