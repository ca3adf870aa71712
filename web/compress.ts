// Every text of the build with its Brotli form beside it, at the best quality, which takes too long to be made as a server starts: a
// Vite plugin.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import type { Plugin } from 'vite';

const TEXT = /\.(html|js|css|svg|json|txt)$/;

/** Writes `NAME.br` beside each text of the folder that was built. */
export function brotliBeside(): Plugin {
  let outDir = '';
  return {
    name: 'brotli-beside',
    apply: 'build',
    configResolved(config) {
      outDir = resolve(config.root, config.build.outDir);
    },
    closeBundle() {
      const names = readdirSync(outDir, { recursive: true, encoding: 'utf8' }).filter((name) => TEXT.test(name));
      for (const name of names) {
        const path = join(outDir, name);
        writeFileSync(`${path}.br`, brotliCompressSync(readFileSync(path)));
      }
    },
  };
}
