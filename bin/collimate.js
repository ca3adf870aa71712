#!/usr/bin/env node
// The program's entry: the built files of an installed package, or in a clone the TypeScript sources through tsx.

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`error: Collimate needs Node.js 20.19 or newer, this is ${process.version}\n`);
  process.exit(1);
}

const sources = new URL('../src/cli/main.ts', import.meta.url);
const inClone = existsSync(sources);
if (inClone) {
  const { register } = await import('tsx/esm/api');
  register({ tsconfig: fileURLToPath(new URL('../tsconfig.json', import.meta.url)) });
}
const { main } = await import(inClone ? sources.href : new URL('../dist/cli/main.js', import.meta.url).href);

// A reader that goes away, such as `head`, is no failure.
process.stdout.on('error', (error) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});
process.exitCode = await main(process.argv.slice(2));
