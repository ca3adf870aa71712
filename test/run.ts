// `npm test`: every test file, or with `npm test -- src/cli web` those below these folders. A process of its own for each would
// spend more on its start than most of them take, so files of one area share a process, some at a time; those that take
// long have their own and come first, so that none is left running alone at the end. They run in a compiled copy of the project;
// `node --import tsx --test FILE` runs one where it lies, with the source's lines in what it says.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { copyCompiled } from './compile.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const TOGETHER = 8;
/** Two more than cores there are at least: much of the time of browsers, servers and workers is waiting. */
const AT_ONCE = 4;

/** Those that take longest, the longest first, and one that looks at the memory of its process. */
const ALONE: readonly string[] = [
  'web/test/studio.test.ts',
  'test/package.test.ts',
  'test/your-own.test.ts',
  'web/test/axe.test.ts',
  'web/test/steering-pages.test.ts',
  'src/worker/faults.test.ts',
  'web/test/rating-page.test.ts',
  'test/examples.test.ts',
  'src/cli/repeat.test.ts',
  'src/engine/runtime/webgpu.test.ts',
  'test/report-page.test.ts',
  'web/test/account-pages.test.ts',
  'src/engine/runtime/native/native.test.ts',
  'src/judging/experiments/reproduce.test.ts',
  'src/judging/experiments/run.test.ts',
  'src/worker/demo.test.ts',
  'src/worker/cells.test.ts',
  'src/worker/worker.test.ts',
  'src/method/tuning/tune.test.ts',
  'src/method/tuning/policy/policy.test.ts',
  'src/method/tuning/outage.test.ts',
  'src/method/tuning/watch.test.ts',
  'src/studio/server/steering.test.ts',
  'src/studio/server/stages.test.ts',
  'src/studio/server/jobs/jobs.test.ts',
  'src/world/pretraining/pretrain.test.ts',
  'web/test/leading-pages.test.ts',
];

/** A file system in memory, as Linux has it, and the free bytes from which it is used; the tests take a third of them at most. */
const MEMORY = '/dev/shm';
const ROOMY = 2 * 2 ** 30;

/** Where the tests keep their files: what is stored is synced to disk at each step, and a third of the suite was waiting for that. */
function temporaryFolder(): string {
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    if (bavail * bsize >= ROOMY) return MEMORY;
  } catch {
    // Not on this system.
  }
  return tmpdir();
}

function findTests(below: readonly string[]): string[] {
  const paths = ['src', 'test', 'web/src', 'web/test'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path)),
  );
  const wanted = (path: string) => below.length === 0 || below.some((start) => path.startsWith(start));
  return paths.filter((path) => path.endsWith('.test.ts') && wanted(path)).sort();
}

/** `src/method`, `web/test`: where files that share a process come from. */
const areaOf = (path: string): string => path.split('/').slice(0, 2).join('/');

/** Which files run in one process, in the order in which they start. */
function gather(paths: readonly string[]): string[][] {
  const batches = ALONE.filter((path) => paths.includes(path)).map((path) => [path]);
  let latest: string[] = [];
  for (const path of paths) {
    if (ALONE.includes(path)) continue;
    if (latest.length === 0 || latest.length === TOGETHER || areaOf(latest[0]!) !== areaOf(path)) {
      latest = [];
      batches.push(latest);
    }
    latest.push(path);
  }
  return batches;
}

/** A file that runs the tests of others. Node.js runs files in the order of their names. */
function writeBatch(dir: string, paths: readonly string[], i: number): string {
  const name = join(dir, `${String(i).padStart(3, '0')}.test.mjs`);
  const compiled = paths.map((path) => pathToFileURL(join(dir, path.replace(/ts$/, 'js'))).href);
  writeFileSync(name, compiled.map((url) => `await import(${JSON.stringify(url)});\n`).join(''));
  return name;
}

// Beside one another: what a test installs must not find this project's dependencies above it.
const home = mkdtempSync(join(temporaryFolder(), 'collimate-tests-'));
const [dir, temporaries] = [join(home, 'project'), join(home, 'tmp')];
try {
  const batches = gather(findTests(process.argv.slice(2)));
  if (batches.length === 0) throw new Error(`there is no test below ${process.argv.slice(2).join(', ')}`);
  mkdirSync(dir);
  mkdirSync(temporaries);
  copyCompiled(dir);
  const files = batches.map((paths, i) => writeBatch(dir, paths, i));
  const args = ['--test', `--test-concurrency=${AT_ONCE}`, ...files];
  const env = { ...process.env, TMPDIR: temporaries };
  process.exitCode = spawnSync(process.execPath, args, { cwd: dir, stdio: 'inherit', env }).status ?? 1;
} finally {
  rmSync(home, { recursive: true, force: true });
}
