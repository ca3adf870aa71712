// The built web app: `index.html` for every page, assets by their hashed names, each compressed once and kept; in Brotli as the
// build wrote it.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, sep } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Handler as HonoHandler } from 'hono';
import { isPage } from '../contract/pages.ts';
import { placePage } from './base-path.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.txt': 'text/plain; charset=utf-8',
};
const BROTLI = '.br';
const COMPRESSED = ['.html', '.js', '.css', '.svg', '.json', '.webmanifest', '.txt'];

interface StaticFile {
  readonly type: string;
  readonly cache: string;
  /** By encoding, those that there are; as it is always. */
  readonly bodies: { readonly [E in 'br' | 'gzip']?: Buffer } & { readonly identity: Buffer };
}

/**
 * Serves the files of `dir`, read once: a request's path is looked up by name and never joined to a folder. Pages get
 * `index.html`, which finds the page itself; whatever else there is not is not found, which browsers are told by a page.
 */
export function serveStatic(dir: string, base: string): HonoHandler {
  const files = readFiles(dir);
  const index = readIndex(dir, base);
  return (context) => {
    const { path } = context.req;
    const found = isPage(path) || path === '/index.html' ? index : files.get(path);
    const file = found ?? (context.req.header('accept')?.includes('text/html') ? index : undefined);
    if (!file) return context.text('There is no such page.\n', 404);
    if (!found) context.status(404);
    const accepted = context.req.header('accept-encoding') ?? '';
    const encoding =
      (['br', 'gzip'] as const).find((name) => file.bodies[name] && accepted.includes(name)) ?? 'identity';
    context.header('content-type', file.type);
    context.header('cache-control', file.cache);
    context.header('vary', 'accept-encoding');
    if (encoding !== 'identity') context.header('content-encoding', encoding);
    return context.body(new Uint8Array(file.bodies[encoding]!));
  };
}

function readFiles(dir: string): Map<string, StaticFile> {
  const names = existsSync(dir) ? readdirSync(dir, { recursive: true, withFileTypes: true }) : [];
  return new Map(
    names
      .filter((entry) => entry.isFile() && extname(entry.name) !== BROTLI)
      .map((entry) => {
        const path = join(entry.parentPath, entry.name);
        return [
          `/${path
            .slice(dir.length + 1)
            .split(sep)
            .join('/')}`,
          readStatic(path),
        ];
      }),
  );
}

/** The page of all addresses; it is small, and another one below each path, so it is compressed here. */
function readIndex(dir: string, base: string): StaticFile | undefined {
  const path = join(dir, 'index.html');
  if (!existsSync(path)) return undefined;
  return toStatic(path, Buffer.from(placePage(readFileSync(path, 'utf8'), base)));
}

const readStatic = (path: string): StaticFile => toStatic(path, readFileSync(path), path + BROTLI);

/** @param br where its Brotli form is, if there is one */
function toStatic(path: string, identity: Buffer, br = ''): StaticFile {
  const extension = extname(path);
  return {
    type: TYPES[extension] ?? 'application/octet-stream',
    cache: path.includes(`${sep}assets${sep}`) ? 'public, max-age=31536000, immutable' : 'no-cache',
    bodies: {
      identity,
      ...(existsSync(br) && { br: readFileSync(br) }),
      ...(COMPRESSED.includes(extension) && { gzip: gzipSync(identity, { level: 9 }) }),
    },
  };
}
