// The web app built once for a test, apart from `web/dist`, which something else may be serving.

import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';

const CONFIG = fileURLToPath(new URL('../vite.config.ts', import.meta.url));

export async function buildWeb(outDir: string): Promise<void> {
  await build({ configFile: CONFIG, logLevel: 'silent', build: { outDir, emptyOutDir: true, manifest: true } });
}

interface Chunk {
  readonly file: string;
  readonly imports?: readonly string[];
}

/** Bytes of script that a page loads first, as browsers get them: the entry's chunks and the page's, each counted once. */
export function firstLoad(outDir: string, ...pages: readonly string[]): { brotli: number; gzip: number } {
  const manifest = JSON.parse(readFileSync(join(outDir, '.vite/manifest.json'), 'utf8')) as Record<string, Chunk>;
  const files = new Set<string>();
  const visit = (name: string): void => {
    const chunk = manifest[name];
    if (!chunk) throw new Error(`the build has no ${name}`);
    if (files.has(chunk.file)) return;
    files.add(chunk.file);
    for (const next of chunk.imports ?? []) visit(next);
  };
  for (const name of ['index.html', ...pages]) visit(name);
  const sum = (sizeOf: (path: string) => number) =>
    [...files].reduce((all, file) => all + sizeOf(join(outDir, file)), 0);
  return {
    brotli: sum((path) => statSync(`${path}.br`).size),
    gzip: sum((path) => gzipSync(readFileSync(path), { level: 9 }).length),
  };
}
