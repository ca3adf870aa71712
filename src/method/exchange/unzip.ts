// Archives from outside, which may lie about everything: read by their directory alone, checked before and after unpacking.

import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { extname, join, posix } from 'node:path';
import { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { type Entry, fromRandomAccessReaderPromise, RandomAccessReader, type ZipFile } from 'yauzl';
import { CollimateError } from '../../util/errors.ts';
import { formatBytes } from '../../util/text.ts';
import { wrong } from './columns.ts';
import { type FoundFiles, MOST_FILES, MOST_TEXT } from './folder.ts';

/** Of everything that an archive unpacks to. */
const MOST_UNPACKED = 8 * 2 ** 30;
/** The first bytes of a file's own header, of one in the directory, and of the archive's end. */
const [LOCAL_HEADER, CENTRAL_HEADER, END] = ['PK\x03\x04', 'PK\x01\x02', 'PK\x05\x06'].map((bytes) =>
  Buffer.from(bytes, 'latin1'),
) as [Buffer, Buffer, Buffer];
/** The size of the archive's end without its remark, and how long that may be. */
const [END_SIZE, MOST_REMARK] = [22, 0xffff];
/** Bytes behind the data of a file that was written as a stream: its check sum and sizes once more. */
const DESCRIPTOR = 24;

/**
 * Unpacks the files that are `wanted` into `folder` under names of our own; others are nowhere.
 *
 * @throws CollimateError USAGE for what is no archive, cut off, damaged or encrypted, has two files of one name or one that its
 *   directory does not list, or would unpack to more than `MOST_UNPACKED`.
 */
export async function unpackFiles(
  path: string,
  folder: string,
  wanted: (name: string) => boolean = () => true,
): Promise<FoundFiles> {
  const source = openSync(path, 'r');
  try {
    return await unpackArchive(path, source, folder, wanted);
  } finally {
    closeSync(source);
  }
}

async function unpackArchive(
  path: string,
  source: number,
  folder: string,
  wanted: (name: string) => boolean,
): Promise<FoundFiles> {
  const archive: Archive = { source, start: findStart(source), size: fstatSync(source).size };
  const zip = await refuseErrors(path, () =>
    fromRandomAccessReaderPromise(new ArchiveReader(archive), archive.size - archive.start, { autoClose: false }),
  );
  try {
    // Where the directory begins, before its entries are read.
    const end = Number(zip.readEntryCursor);
    const entries = await listEntries(path, zip);
    await checkLayout(path, zip, archive, [...entries.values()], end);
    const [files, links] = [new Map<string, string>(), [] as string[]];
    for (const [name, entry] of entries) {
      if (isLink(entry)) links.push(name);
      else if (!wanted(name)) files.set(name, '');
      else {
        const target = join(folder, `${files.size}${extname(name).slice(0, 10)}`);
        await refuseErrors(`${path}, ${name}`, () => unpackEntry(zip, entry, target));
        files.set(name, target);
      }
    }
    return { files, links };
  } finally {
    zip.close();
  }
}

/** An open file in which an archive begins at `start`. */
interface Archive {
  readonly source: number;
  readonly start: number;
  readonly size: number;
}

/** What yauzl reads: the file without what stands before the archive. */
class ArchiveReader extends RandomAccessReader {
  readonly #archive: Archive;

  constructor(archive: Archive) {
    super();
    this.#archive = archive;
  }

  override _readStreamForRange(from: number, to: number) {
    const { source, start } = this.#archive;
    return Readable.from(readPieces(source, start + from, start + to), { objectMode: false });
  }
}

/** A stream of the file would close it when it ends. */
function* readPieces(source: number, from: number, to: number): Generator<Buffer> {
  for (let at = from; at < to; ) {
    const piece = Buffer.alloc(Math.min(1 << 16, to - at));
    const length = readSync(source, piece, 0, piece.length, at);
    if (length === 0) return;
    at += length;
    yield piece.subarray(0, length);
  }
}

/**
 * Where the archive begins: behind a program that unpacks it, places are often counted from there. Then the directory does
 * not lie where the archive's end says, but just before that end, by its size.
 */
function findStart(source: number): number {
  const { size } = fstatSync(source);
  const tail = Buffer.alloc(Math.min(size, END_SIZE + MOST_REMARK));
  readSync(source, tail, 0, tail.length, size - tail.length);
  const at = tail.lastIndexOf(END);
  if (at < 0 || at + END_SIZE > tail.length) return 0;
  const directory = size - tail.length + at - tail.readUInt32LE(at + 12);
  const start = directory - tail.readUInt32LE(at + 16);
  if (start <= 0) return 0;
  const head = Buffer.alloc(CENTRAL_HEADER.length);
  readSync(source, head, 0, head.length, directory);
  return head.equals(CENTRAL_HEADER) ? start : 0;
}

/** The files that the directory lists, by their names; folders are left out. */
async function listEntries(path: string, zip: ZipFile): Promise<Map<string, Entry>> {
  if (zip.entryCount > MOST_FILES) throw wrong(path, `more than ${MOST_FILES} files`);
  const entries = new Map<string, Entry>();
  let size = 0;
  await refuseErrors(path, async () => {
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName.endsWith('/')) continue;
      // Some programs pack a folder as `./a.png`.
      const name = posix.normalize(entry.fileName);
      if (entries.has(name)) throw wrong(path, `has two files called ${name}`);
      entries.set(name, entry);
      if (entry.isEncrypted()) throw wrong(`${path}, ${name}`, 'is encrypted', 'Pack it anew without a password.');
      if (!entry.canDecodeFileData())
        throw wrong(`${path}, ${name}`, `is compressed by method ${entry.compressionMethod}; only deflate is read`);
      size += entry.uncompressedSize;
      if (entry.uncompressedSize > MOST_TEXT || size > MOST_UNPACKED)
        throw wrong(
          `${path}, ${name}`,
          `unpacks to more than this reads (${formatBytes(MOST_TEXT)} a file, ${formatBytes(MOST_UNPACKED)} in all)`,
          'Unpack it with another program and import the folder.',
        );
    }
  });
  if (entries.size === 0) throw wrong(path, 'an empty archive');
  return entries;
}

const isLink = ({ externalFileAttributes }: Entry) => ((externalFileAttributes >>> 16) & 0o170_000) === 0o120_000;

/** Files must not overlap, and what lies between those of the directory must be no other file. */
async function checkLayout(
  path: string,
  zip: ZipFile,
  { source, start }: Archive,
  entries: readonly Entry[],
  end: number,
): Promise<void> {
  let last = 0;
  const check = (next: number, name: string) => {
    if (next < last) throw wrong(path, `${name} lies within another file of the archive`);
    // Before the first file there may be a program that unpacks it, which knows what headers look like.
    const isProgram = last === 0 && !startsWithHeader(source);
    if (!isProgram && holdsHeader(source, last === 0 ? 0 : start + last, start + next))
      throw wrong(path, 'holds a file that its directory does not list', 'Pack it anew.');
  };
  for (const entry of entries.toSorted((a, b) => a.relativeOffsetOfLocalHeader - b.relativeOffsetOfLocalHeader)) {
    const { fileName: name, relativeOffsetOfLocalHeader: offset, compressedSize } = entry;
    check(offset, name);
    const own = await refuseErrors(`${path}, ${name}`, () => zip.readLocalFileHeaderPromise(entry));
    // Which of two names is the file's, nobody could say.
    if (!own.fileName.equals(entry.fileNameRaw))
      throw wrong(path, `${name} is called ${own.fileName.toString('utf8')} where its data begin`, 'Pack it anew.');
    last = own.fileDataStart + compressedSize;
  }
  check(end, 'the directory');
}

function startsWithHeader(source: number): boolean {
  const head = Buffer.alloc(LOCAL_HEADER.length);
  readSync(source, head, 0, head.length, 0);
  return head.equals(LOCAL_HEADER);
}

function holdsHeader(source: number, from: number, to: number): boolean {
  if (to - from <= DESCRIPTOR) return false;
  const piece = Buffer.alloc(1 << 16);
  // Pieces overlap, so that a header across two is found.
  for (let at = from; at < to; at += piece.length - LOCAL_HEADER.length) {
    const length = readSync(source, piece, 0, Math.min(piece.length, to - at), at);
    if (piece.subarray(0, length).includes(LOCAL_HEADER)) return true;
    if (at + length >= to || length === 0) return false;
  }
  return false;
}

/** Sizes are checked by yauzl as the data come. */
async function unpackEntry(zip: ZipFile, entry: Entry, target: string): Promise<void> {
  const stream = await zip.openReadStreamPromise(entry);
  const file = openSync(target, 'wx');
  let sum = 0;
  try {
    for await (const part of stream as AsyncIterable<Buffer>) {
      sum = crc32(part, sum);
      for (let at = 0; at < part.length; ) at += writeSync(file, part, at);
    }
  } finally {
    closeSync(file);
  }
  if (sum !== entry.crc32) throw new Error('its bytes are not those that were packed: the check sum differs');
}

async function refuseErrors<T>(where: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CollimateError) throw error;
    throw wrong(where, `no zip file, or a damaged one (${(error as Error).message})`, 'Pack or fetch it again.');
  }
}
