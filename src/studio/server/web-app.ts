// Where the web app lies: in the package it is built; in a clone it is built when it is missing or older than its sources.

import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CollimateError } from '../../util/errors.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/**
 * The folder of the built web app, which is built first where that is needed.
 *
 * @throws CollimateError STORAGE where it is missing and cannot be built.
 */
export async function findWebApp(tell: (text: string) => void): Promise<string> {
  const web = join(ROOT, 'web');
  const dist = join(web, 'dist');
  const index = join(dist, 'index.html');
  const sources = join(web, 'src');
  if (!existsSync(sources) && existsSync(index)) return dist;
  if (
    existsSync(index) &&
    statSync(index).mtimeMs >= newest([sources, join(web, 'index.html'), join(ROOT, 'src', 'studio', 'contract')])
  )
    return dist;
  tell('Building the web app …');
  await build();
  return dist;
}

function newest(paths: readonly string[]): number {
  const files = paths.flatMap((path) =>
    statSync(path).isDirectory()
      ? readdirSync(path, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map((entry) => join(entry.parentPath, entry.name))
      : [path],
  );
  return Math.max(...files.map((file) => statSync(file).mtimeMs));
}

function build(): Promise<void> {
  const vite = fileURLToPath(import.meta.resolve('vite/package.json'));
  const program = join(dirname(vite), 'bin', 'vite.js');
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, 'build', 'web', '--logLevel', 'warn'], {
      cwd: ROOT,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    child.on('error', reject);
    child.on('exit', (code) => {
      if (code === 0) return resolve();
      const reason = said.trim().split('\n').slice(-5).join('\n');
      reject(
        new CollimateError('STORAGE', `the web app could not be built:\n${reason}`, 'Run `npm ci`, then try again.'),
      );
    });
  });
}
