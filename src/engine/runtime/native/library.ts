// Where ONNX Runtime's shared library lies: the one that onnxruntime-node brings, so that both makers run the same code.

import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { CollimateError } from '../../../util/errors.ts';

/** The library's file name by `process.platform`. */
const FILES: Readonly<Record<string, string>> = {
  linux: 'libonnxruntime.so.1',
  darwin: 'libonnxruntime.1.dylib',
  win32: 'onnxruntime.dll',
};

/** The release line against whose header the calls were checked. */
const SUPPORTED_VERSION = '1.30';

/** The folder of the package's libraries, one folder for each version of Node's interface below it. */
export function packageLibraries(): string {
  return join(dirname(createRequire(import.meta.url).resolve('onnxruntime-node')), '..', 'bin');
}

/**
 * The library for a platform below a package's `bin` folder.
 *
 * @throws CollimateError PROVIDER where the package has none for it.
 */
export function findLibrary(
  bin = packageLibraries(),
  platform: string = process.platform,
  arch: string = process.arch,
): string {
  const file = FILES[platform];
  const folders = existsSync(bin) ? readdirSync(bin).sort().reverse() : [];
  const found = file && folders.map((napi) => join(bin, napi, platform, arch, file)).find((path) => existsSync(path));
  if (found) return found;
  throw new CollimateError(
    'PROVIDER',
    `ONNX Runtime: expected ${file ?? 'a library'} for ${platform} ${arch} below ${bin}, which has none`,
    'Install onnxruntime-node again, or set COLLIMATE_RUNTIME=node.',
  );
}

/** @throws CollimateError PROVIDER where the library is of another release line: its calls may be others. */
export function checkVersion(version: string, path: string): void {
  if (version.startsWith(`${SUPPORTED_VERSION}.`)) return;
  throw new CollimateError(
    'PROVIDER',
    `ONNX Runtime: expected version ${SUPPORTED_VERSION} of the library, got ${version} (${path})`,
    'Install the version of onnxruntime-node that package.json names, or set COLLIMATE_RUNTIME=node.',
  );
}
