#!/usr/bin/env node
// The program's entry: the built files of an installed package, or in a clone the TypeScript sources through tsx.

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`error: Collimate needs Node.js 20.19 or newer, this is ${process.version}\n`);
  process.exit(1);
}

const { main } = await import(await findMain());

/** In a package the built file; in a clone the source, through tsx but where it is compiled beside, as tests have it. */
async function findMain() {
  const at = (path) => new URL(`../${path}`, import.meta.url);
  const [built, compiled, source] = ['dist/cli/main.js', 'src/cli/main.js', 'src/cli/main.ts'].map(at);
  if (!existsSync(source)) return built.href;
  if (existsSync(compiled)) return compiled.href;
  const { register } = await import('tsx/esm/api');
  register({ tsconfig: fileURLToPath(at('tsconfig.json')) });
  return source.href;
}

// A reader that goes away, such as `head`, is no failure.
process.stdout.on('error', (error) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});
process.exitCode = await main(process.argv.slice(2));
