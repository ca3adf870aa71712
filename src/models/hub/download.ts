// Fetching one file so that a cut connection costs nothing: what has arrived is kept and the rest asked for, and the file
// takes its name only when its checksum is that of the hub. @huggingface/hub writes a file from its start each time and
// compares no checksum, which at gigabytes is not enough.

import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CollimateError } from '../../util/errors.ts';
import { interruptedError } from '../../util/interrupt.ts';
import { refuseStatus } from './refuse.ts';

/** What the hub says a file is: its size and a digest, SHA-256 for large files, git's SHA-1 for small ones. */
export interface RemoteFile {
  readonly path: string;
  readonly url: string;
  readonly size: number;
  readonly digest: { readonly kind: 'sha256' | 'git'; readonly hex: string };
}

export interface DownloadOptions {
  readonly token?: string | undefined;
  readonly signal: AbortSignal;
  /** Called with the bytes that are there, those of earlier tries included. */
  readonly onBytes?: (done: number) => void;
  /** Milliseconds before the second try; doubled for each further one. Default 1000. */
  readonly pause?: number;
  /** Milliseconds without a byte after which a connection counts as cut. Default 60 000. */
  readonly patience?: number;
}

/** Tries in a row without a single new byte. */
const MOST_TRIES = 5;

/**
 * Fetches a file to `target`, going on from `target.incomplete`.
 *
 * @throws CollimateError HUB where the hub refuses or stays away or the checksum differs, DISK_FULL, LOCKED where another
 * process fetches the same file, INTERRUPTED; what has arrived stays for the next time.
 */
export async function downloadFile(target: string, file: RemoteFile, options: DownloadOptions): Promise<void> {
  mkdirSync(dirname(target), { recursive: true });
  const incomplete = `${target}.incomplete`;
  const unlock = lockFile(`${target}.lock`);
  try {
    await fetchAll(incomplete, file, options);
    checkDigest(incomplete, file);
    renameSync(incomplete, target);
  } finally {
    unlock();
  }
}

async function fetchAll(incomplete: string, file: RemoteFile, options: DownloadOptions): Promise<void> {
  const { signal, pause = 1000 } = options;
  let tries = 0;
  let before = sizeOf(incomplete);
  if (before > file.size) rmSync(incomplete);
  if (file.size === 0) closeSync(openSync(incomplete, 'w'));
  while (sizeOf(incomplete) !== file.size) {
    const problem = await tryFetch(incomplete, file, options);
    const now = sizeOf(incomplete);
    if (problem === undefined && now === file.size) return;
    tries = now > before ? 1 : tries + 1;
    before = now;
    if (tries >= MOST_TRIES)
      throw new CollimateError(
        'HUB',
        `${file.path}: ${problem ?? 'the connection ended early'}, ${MOST_TRIES} times in a row`,
        `Try again later: the ${now} of ${file.size} bytes that have arrived are kept.`,
      );
    await sleep(pause * 2 ** (tries - 1), undefined, { signal }).catch(() => {
      throw interruptedError();
    });
  }
}

/** One request for what is missing; returns why it ended early, where trying again may help. */
async function tryFetch(incomplete: string, file: RemoteFile, options: DownloadOptions): Promise<string | undefined> {
  const { token, signal, patience = 60_000 } = options;
  const from = sizeOf(incomplete);
  const idle = new AbortController();
  let timer = setTimeout(() => idle.abort(), patience);
  try {
    const response = await fetch(file.url, {
      signal: AbortSignal.any([signal, idle.signal]),
      headers: {
        'Accept-Encoding': 'identity',
        ...(token && { Authorization: `Bearer ${token}` }),
        ...(from > 0 && { Range: `bytes=${from}-` }),
      },
    });
    const start = startOf(response, file, from);
    if (typeof start === 'string') return start;
    if (start !== from) rmSync(incomplete, { force: true });
    let done = start;
    const output = openSync(incomplete, 'a');
    try {
      for await (const chunk of response.body ?? []) {
        clearTimeout(timer);
        timer = setTimeout(() => idle.abort(), patience);
        writeChunk(file, output, chunk as Uint8Array);
        done += (chunk as Uint8Array).length;
        options.onBytes?.(done);
      }
      fsyncSync(output);
    } finally {
      closeSync(output);
    }
    return undefined;
  } catch (error) {
    if (signal.aborted) throw interruptedError();
    if (error instanceof CollimateError) throw error;
    const { cause } = error as Error;
    return idle.signal.aborted ? 'no byte came for too long' : `${(cause as Error | undefined)?.message ?? error}`;
  } finally {
    clearTimeout(timer);
  }
}

/** The offset that the body begins at, or why to try again. */
function startOf(response: Response, file: RemoteFile, from: number): number | string {
  if (response.status === 200) return 0;
  if (response.status === 206) {
    const [, start] = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '') ?? [];
    return Number(start) === from ? from : `the answer is of another part (${response.headers.get('content-range')})`;
  }
  if (response.status === 429 || response.status >= 500) return `the hub answered ${response.status}`;
  throw refuseStatus(file.path, response.status);
}

function writeChunk(file: RemoteFile, output: number, chunk: Uint8Array): void {
  try {
    for (let offset = 0; offset < chunk.length; ) offset += writeSync(output, chunk, offset);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOSPC') throw cause;
    const hint = 'Free some space, or set HF_HOME to another disk; what has arrived is kept.';
    throw new CollimateError('DISK_FULL', `no room left on the disk for ${file.path}`, hint, { cause });
  }
}

function checkDigest(incomplete: string, { path, size, digest }: RemoteFile): void {
  const hash = createHash(digest.kind === 'git' ? 'sha1' : 'sha256');
  if (digest.kind === 'git') hash.update(`blob ${size}\0`);
  const block = Buffer.allocUnsafe(1 << 20);
  const input = openSync(incomplete, 'r');
  try {
    for (let read = readSync(input, block); read > 0; read = readSync(input, block))
      hash.update(block.subarray(0, read));
  } finally {
    closeSync(input);
  }
  const got = hash.digest('hex');
  if (got === digest.hex) return;
  rmSync(incomplete);
  throw new CollimateError(
    'HUB',
    `${path}: expected the checksum ${digest.hex}, got ${got}`,
    'It was damaged on its way and has been removed; run the same command again.',
  );
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** Takes a file for this process; a lock whose process has ended is taken over. */
function lockFile(path: string): () => void {
  for (;;) {
    try {
      const lock = openSync(path, 'wx');
      writeSync(lock, `${process.pid}`);
      closeSync(lock);
      return () => rmSync(path, { force: true });
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
      const owner = readOwner(path);
      if (owner !== undefined && isAlive(owner))
        throw new CollimateError(
          'LOCKED',
          `${path}: process ${owner} is fetching this file`,
          'Wait for it, then run the same command again.',
          { cause },
        );
      rmSync(path, { force: true });
    }
  }
}

function readOwner(path: string): number | undefined {
  if (!existsSync(path)) return undefined;
  const file = openSync(path, 'r');
  const block = Buffer.alloc(16);
  const read = readSync(file, block);
  closeSync(file);
  return Number.parseInt(block.toString('utf8', 0, read), 10) || undefined;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
