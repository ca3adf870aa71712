// A copy of the project in which each TypeScript file has its compiled one beside it. A process that loads those starts in half
// the time that tsx takes for a thousand modules, and the tests start more than a hundred.

import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, statSync, symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** Folders with what tests run and read; others may be somebody's projects. */
const FOLDERS = [
  '.ci',
  '.github',
  'bench',
  'bin',
  'deploy',
  'docs',
  'examples',
  'models',
  'site',
  'src',
  'test',
  'web',
];
const LEFT_OUT = ['web/dist', 'models/.work'];
const PROJECTS = ['tsconfig.json', 'web/tsconfig.json'];
/** Types are checked by `npm run typecheck`. */
const FLAGS = ['--noEmit', 'false', '--incremental', 'false', '--noCheck', '--rootDir', '.'];

/** Fills an empty folder with the copy. @throws Error with what the compiler says. */
export function copyCompiled(dir: string): void {
  const files = readdirSync(ROOT).filter((name) => name !== '.git' && statSync(join(ROOT, name)).isFile());
  for (const name of [...FOLDERS, ...files])
    cpSync(join(ROOT, name), join(dir, name), {
      recursive: true,
      filter: (path) => !LEFT_OUT.includes(relative(ROOT, path)),
    });
  symlinkSync(join(ROOT, 'node_modules'), join(dir, 'node_modules'), 'junction');
  const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
  for (const project of PROJECTS) {
    const run = spawnSync(process.execPath, [compiler, '-p', project, '--outDir', dir, ...FLAGS], {
      cwd: ROOT,
      encoding: 'utf8',
    });
    if (run.status !== 0) throw new Error(`${project} does not compile:\n${run.stdout}${run.stderr}`);
  }
}
