// Hashes of files that are read once and then remembered, for as long as the file is the same one: path, size, inode and
// both times. A model of gigabytes takes seconds to read; a project keeps what was found in its `cache/`. Damage that the
// file system itself does not notice leaves all of these as they are: who looks for that reads afresh (`sha256File`).

import { existsSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { writeFileAtomic } from './files.ts';
import { hashJson, sha256File, sha256FileAside } from './hash.ts';

/** What a file looked like when it was hashed, as one text. */
type Looks = string;

interface Known {
  readonly looks: Looks;
  readonly hash: string;
  /** Worth a place in a project's cache. */
  readonly large: boolean;
}

const LARGE = 1 << 20;
/** A file that was changed so lately could change again without another time. */
const SETTLED_MS = 1000;

const known = new Map<string, Known>();

/** SHA-256 of a file's bytes, read only where the file is not known as it is now. */
export function hashFileOnce(path: string): string {
  const full = resolve(path);
  const before = look(full);
  const found = known.get(full);
  if (found?.looks === before.looks) return found.hash;
  return remember(full, before, sha256File(full));
}

/** One hash of files that belong together: of a single one its own. */
export function hashFilesOnce(paths: readonly string[]): string {
  return paths.length === 1 ? hashFileOnce(paths[0]!) : hashJson(paths.map(hashFileOnce));
}

/** What `hashFileOnce` gives of files, each read between other work where it is not known. */
export async function hashFilesAside(paths: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const hashes = new Map<string, string>();
  for (const path of paths) {
    const full = resolve(path);
    const before = look(full);
    const found = known.get(full);
    const isKnown = found?.looks === before.looks;
    hashes.set(path, isKnown ? found.hash : remember(full, before, await sha256FileAside(full)));
  }
  return hashes;
}

/** A file that changed meanwhile, or so lately that it may change again within one tick, is not known. */
function remember(full: string, before: ReturnType<typeof look>, hash: string): string {
  const settled = Date.now() - before.changed > SETTLED_MS && look(full).looks === before.looks;
  if (settled) known.set(full, { looks: before.looks, hash, large: before.size >= LARGE });
  else known.delete(full);
  return hash;
}

function look(path: string): { looks: Looks; changed: number; size: number } {
  const { dev, ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true });
  const latest = mtimeNs > ctimeNs ? mtimeNs : ctimeNs;
  return { looks: [dev, ino, size, mtimeNs, ctimeNs].join(), changed: Number(latest / 1_000_000n), size: Number(size) };
}

/** The content of a cache: hash and looks by path. */
interface HashCache {
  readonly version: 1;
  readonly files: Readonly<Record<string, readonly [hash: string, looks: Looks]>>;
}

/** Takes in what a cache file knows, and returns how to write what was found since; a damaged one knows nothing. */
export function rememberHashes(file: string): () => void {
  const others = new Map(known);
  for (const [path, [hash, looks]] of Object.entries(readCache(file)))
    if (!known.has(path)) known.set(path, { looks, hash, large: true });
  return () => {
    const stored = readCache(file);
    const fresh = [...known].filter(
      ([path, { large, looks }]) => large && others.get(path)?.looks !== looks && stored[path]?.[1] !== looks,
    );
    if (fresh.length === 0) return;
    const files = { ...stored, ...Object.fromEntries(fresh.map(([path, { hash, looks }]) => [path, [hash, looks]])) };
    const there = Object.entries(files).filter(([path]) => existsSync(path));
    try {
      writeFileAtomic(file, `${JSON.stringify({ version: 1, files: Object.fromEntries(there) })}\n`);
    } catch {
      // A project that can only be read, or a full disk: the files are read again next time.
    }
  };
}

function readCache(file: string): HashCache['files'] {
  try {
    const { version, files } = JSON.parse(readFileSync(file, 'utf8')) as HashCache;
    const whole = ([, entry]: [string, unknown]) => Array.isArray(entry) && /^[0-9a-f]{64}$/.test(String(entry[0]));
    return version === 1 ? Object.fromEntries(Object.entries(files).filter(whole)) : {};
  } catch {
    return {};
  }
}
