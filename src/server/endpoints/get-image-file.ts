import { createReadStream, existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Handler } from '../endpoint.ts';
import { notFound } from '../failure.ts';

/** The name is the content's hash, so the bytes behind an address never change. */
export const getImageFile: Handler<'getImageFile'> = async ({ studio, params: { hash }, query, context }) => {
  const { images, dir } = studio.project;
  if (!images.hasBlob(hash)) throw notFound(`image file ${hash.slice(0, 12)}…`);
  const etag = `"${hash.slice(0, 32)}-${query.width ?? 'full'}"`;
  const headers = { etag, 'cache-control': 'private, max-age=31536000, immutable' };
  if (context.req.header('if-none-match') === etag) return new Response(null, { status: 304, headers });
  if (!query.width) return sendFile(images.blobPath(hash), { ...headers, 'content-type': 'image/png' });
  const small = join(dir, '.cache', 'thumbnails', query.width, hash.slice(0, 2), `${hash}.webp`);
  if (!existsSync(small)) await studio.images.shrink(images.blobPath(hash), small, Number(query.width));
  return sendFile(small, { ...headers, 'content-type': 'image/webp' });
};

function sendFile(path: string, headers: Record<string, string>): Response {
  const body = Readable.toWeb(createReadStream(path)) as ReadableStream;
  return new Response(body, { headers: { ...headers, 'content-length': String(statSync(path).size) } });
}
