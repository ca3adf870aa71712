// The web app built for tests, apart from `web/dist`, which something else may be serving. One build serves all test files, in
// a folder below the temporary one that is named by what it was made from.

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { sha256, sha256File, sha256Folder } from '../../src/util/hash.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Whoever else shares the machine cannot put another build in its place. */
const USER = process.getuid?.();
const SHARED = join(tmpdir(), `collimate-web-${USER ?? 0}`);

/** Longer than any build takes: the lock of a process that was killed then holds nobody. */
const LOCK_MS = 120_000;
const DAY_MS = 86_400_000;

/**
 * The folder of the built web app: made by the first who asks, and used by all who ask while nothing changed that it is made
 * from. Nobody writes into it.
 */
export async function buildWeb(): Promise<string> {
  mkdirSync(SHARED, { recursive: true, mode: 0o700 });
  if (USER !== undefined && statSync(SHARED).uid !== USER)
    throw new Error(`${SHARED} belongs to somebody else: take it away`);
  for (;;) {
    const dir = join(SHARED, hashSources());
    if (isWhole(dir) || (await buildOnce(dir))) {
      utimesSync(dir, new Date(), new Date());
      return join(dir, 'web');
    }
  }
}

/** Builds, or waits for whoever does. Returns whether `dir` is there then: not where the sources changed meanwhile. */
async function buildOnce(dir: string): Promise<boolean> {
  const lock = `${dir}.lock`;
  if (!take(lock)) {
    await sleep(250);
    return isWhole(dir);
  }
  try {
    return isWhole(dir) || (await publish(dir));
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

/** All that a build is made from: what the pages are, and what builds them. */
function hashSources(): string {
  const below = (folder: string) =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  const beside = ['package.json', 'package-lock.json', 'tsconfig.json'].map((name) => join(ROOT, name));
  const web = readdirSync(join(ROOT, 'web'), { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  const files = [...below('src'), ...below('web/src'), ...below('web/public'), ...web, ...beside]
    .filter((path) => !path.endsWith('.test.ts'))
    .sort();
  const lines = files.map((path) => `${path.slice(ROOT.length)} ${sha256File(path)}`);
  return sha256([process.version, process.env.NODE_ENV ?? '', ...lines].join('\n')).slice(0, 32);
}

const CONTENT = 'content.txt';

/** Whether a build is there as it was made: some systems take old files out of the temporary folder one by one. */
function isWhole(dir: string): boolean {
  const content = join(dir, CONTENT);
  return existsSync(content) && readFileSync(content, 'utf8') === sha256Folder(join(dir, 'web'));
}

function take(lock: string): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const { mtimeMs } = statSync(lock, { throwIfNoEntry: false }) ?? {};
  if (mtimeMs !== undefined && Date.now() - mtimeMs > LOCK_MS) rmSync(lock, { recursive: true, force: true });
  return false;
}

/** Builds beside `dir`, and gives it that name once all of it is there, made from what the name says. */
async function publish(dir: string): Promise<boolean> {
  for (const name of readdirSync(SHARED)) {
    const other = join(SHARED, name);
    const { mtimeMs } = statSync(other, { throwIfNoEntry: false }) ?? {};
    if (mtimeMs !== undefined && Date.now() - mtimeMs > DAY_MS) rmSync(other, { recursive: true, force: true });
  }
  const made = mkdtempSync(`${dir}.`);
  const web = join(made, 'web');
  const configFile = join(ROOT, 'web/vite.config.ts');
  await build({ configFile, logLevel: 'silent', build: { outDir: web, emptyOutDir: true, manifest: true } });
  if (join(SHARED, hashSources()) !== dir) {
    rmSync(made, { recursive: true, force: true });
    return false;
  }
  writeFileSync(join(made, CONTENT), sha256Folder(web));
  rmSync(dir, { recursive: true, force: true });
  renameSync(made, dir);
  return true;
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
