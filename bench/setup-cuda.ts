// `npm run setup:cuda`: looks for the libraries that CUDA needs where people have them, puts those of ONNX Runtime beside its own, and
// names what is missing by its file.

import { spawnSync } from 'node:child_process';
import { existsSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { type CudaLibrary, findCudaLibraries } from '../src/engine/runtime/native/cuda-libraries.ts';
import { findLibrary } from '../src/engine/runtime/native/library.ts';
import { formatTable } from '../src/util/text.ts';

const home = dirname(findLibrary());
const isOurs = ({ file }: CudaLibrary) => file.includes('onnxruntime_providers');

/** ONNX Runtime looks for its own parts in its folder alone. */
function linkProviders(libraries: readonly CudaLibrary[]): void {
  for (const { path } of libraries.filter(isOurs)) {
    const place = path && join(home, basename(path));
    if (path && place && !existsSync(place)) symlinkSync(path, place);
  }
}

/** What onnxruntime-node's install script would have fetched. */
function fetchProviders(): void {
  const script = join(
    dirname(createRequire(import.meta.url).resolve('onnxruntime-node')),
    '..',
    'script',
    'install.js',
  );
  console.log(
    'No CUDA part of ONNX Runtime on this machine: fetching it, as the install script of onnxruntime-node does.',
  );
  spawnSync(process.execPath, [script, '--onnxruntime-node-install=true'], { stdio: 'inherit' });
}

let libraries = findCudaLibraries();
if (libraries.some((library) => isOurs(library) && library.path === undefined)) {
  fetchProviders();
  libraries = findCudaLibraries();
}
linkProviders(libraries);
console.log(
  formatTable(
    libraries.map(({ file, from, path }) => [path ? 'found' : 'MISSING', file, path ?? `comes with ${from}`]),
  ),
);
if (libraries.length === 0) console.log(`CUDA does not exist on ${process.platform}.`);
process.exitCode = libraries.length === 0 || libraries.some(({ path }) => path === undefined) ? 1 : 0;
