// Parquet files from outside, in any of the published compressions, a few rows at a time.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  type AsyncBuffer,
  type Compressors,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
  type RowGroup,
} from 'hyparquet';
import { compressors as decompressors } from 'hyparquet-compressors';
import { plainNames, withPlainNames } from '../../util/column-names.ts';
import { wrong } from './columns.ts';
import { checkPages } from './parquet-pages.ts';

/** Bytes that one page may be decompressed to; writers make pages of about a megabyte, and of a picture at least. */
const MOST_PAGE = 2 ** 30;

/** What a file holds, before its rows are read. */
export interface ParquetInfo {
  /** In small letters where that makes no two of them one. */
  readonly columns: readonly string[];
  readonly rows: number;
  /** The names that stand for 0, 1, … in a column, as Hugging Face datasets writes them down. */
  readonly classNames: Readonly<Record<string, readonly string[]>>;
}

export interface ParquetRow {
  readonly row: Record<string, unknown>;
  /** Counted from 1. */
  readonly number: number;
}

/** Bytes that are decoded at a time, as far as the file tells. */
const PIECE = 2 ** 28;

/** @throws CollimateError USAGE for a file that is no Parquet, or cut off. */
export async function readParquetInfo(path: string, label = path): Promise<ParquetInfo> {
  const file = openParquet(path, label);
  try {
    const metadata = await file.readMetadata();
    return {
      columns: [...plainNames(listColumns(metadata)).keys()],
      rows: Number(metadata.num_rows),
      classNames: withPlainNames(readClassNames(metadata)),
    };
  } finally {
    await file.close();
  }
}

/**
 * Reads a file row by row.
 *
 * @param columns those to read, as `readParquetInfo` names them; all of them where none are named
 * @throws CollimateError USAGE for a file that is no Parquet, cut off, or changed where pages have a checksum.
 */
export async function* readParquet(
  path: string,
  { label = path, columns: asked }: { label?: string; columns?: string[] } = {},
): AsyncGenerator<ParquetRow> {
  const file = openParquet(path, label);
  try {
    const metadata = await file.readMetadata();
    const names = plainNames(listColumns(metadata));
    const columns = asked?.map((name) => names.get(name) ?? name);
    for (const { from, to, begun } of listPieces(label, metadata)) {
      if (begun) await file.checkPages(begun, columns);
      const rows = await file.readRows(metadata, { rowStart: from, rowEnd: to, ...(columns && { columns }) });
      if (rows.length !== to - from) throw wrong(label, `expected ${metadata.num_rows} rows; the file ends early`);
      for (const [i, row] of rows.entries()) yield { row: withPlainNames(row), number: from + i + 1 };
    }
  } finally {
    await file.close();
  }
}

/** Rows that are decoded at once. */
interface Piece {
  readonly from: number;
  readonly to: number;
  /** The group that begins here. */
  readonly begun: RowGroup | undefined;
}

/** Row groups, and parts of those that are large: a part is decoded with its whole group, so there should be few. */
function listPieces(label: string, { row_groups: groups, num_rows: total }: FileMetaData): Piece[] {
  const pieces: Piece[] = [];
  let start = 0;
  for (const group of groups) {
    const { num_rows: count, total_byte_size: bytes } = group;
    const [rows, parts] = [Number(count), Math.max(1, Math.ceil(Number(bytes) / PIECE))];
    const step = Math.max(1, Math.ceil(rows / parts));
    for (let from = 0; from < rows; from += step)
      pieces.push({
        from: start + from,
        to: start + Math.min(rows, from + step),
        begun: from === 0 ? group : undefined,
      });
    start += rows;
  }
  if (start !== Number(total)) throw wrong(label, `${total} rows in groups of ${start}`);
  return pieces;
}

/** @throws CollimateError USAGE where a column of `required` is missing. */
export function requireColumns(label: string, { columns }: ParquetInfo, required: readonly string[]): void {
  const missing = required.filter((name) => !columns.includes(name));
  if (missing.length > 0)
    throw wrong(
      label,
      `expected the columns ${required.join(', ')}; ${missing.join(', ')} is missing among ${columns.slice(0, 20).join(', ')}`,
    );
}

/** Bytes that are no UTF-8 stay bytes, which no text is: the reader's own way is to put other letters in their place. */
const parsers = {
  stringFromBytes(bytes: Uint8Array | undefined): string | Uint8Array | undefined {
    try {
      return bytes && new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      return bytes;
    }
  },
};

/** Refuses what would grow beyond measure, and what does not become as long as it says. */
const compressors: Compressors = Object.fromEntries(
  Object.entries(decompressors).map(([codec, decompress]) => [
    codec,
    (input: Uint8Array, length: number) => {
      if (length > MOST_PAGE) throw new Error(`a page of ${length} bytes, more than 1 GiB`);
      const output = decompress!(input, length);
      if (output.length !== length) throw new Error(`a page of ${output.length} bytes where ${length} were announced`);
      return output;
    },
  ]),
);

/** Columns of the top level. */
function listColumns({ schema }: FileMetaData): string[] {
  const names: string[] = [];
  /** Reads the element at `at` with all below it, and returns where the next begins. */
  const skip = (at: number): number => {
    let next = at + 1;
    for (let child = 0; child < (schema[at]?.num_children ?? 0); child++) next = skip(next);
    return next;
  };
  for (let at = 1; at < schema.length; at = skip(at)) names.push(schema[at]!.name);
  return names;
}

function readClassNames({ key_value_metadata: pairs }: FileMetaData): Record<string, readonly string[]> {
  try {
    const text = pairs?.find(({ key }) => key === 'huggingface')?.value ?? '{}';
    const features = (JSON.parse(text) as { info?: { features?: Record<string, { names?: unknown }> } }).info?.features;
    const named = Object.entries(features ?? {}).flatMap(([name, feature]) => {
      const names = feature?.names;
      return Array.isArray(names) ? [[name, names.map(String)] as const] : [];
    });
    return Object.fromEntries(named);
  } catch {
    return {};
  }
}

/**
 * A file that stays open until everything that the reader began has come to its end: reads are done at once, so nothing is
 * left to fail when the file is gone.
 */
function openParquet(path: string, label: string) {
  const source = openSync(path, 'r');
  const { size } = fstatSync(source);
  const file: AsyncBuffer = { byteLength: size, slice: (start, end = size) => readSlice(source, start, end) };
  const refuseErrors = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw wrong(label, `the file is no whole Parquet file (${(error as Error).message.split('\n')[0]})`);
    }
  };
  return {
    readMetadata: () => refuseErrors(() => parquetMetadataAsync(file)),
    readRows: (metadata: FileMetaData, range: { rowStart: number; rowEnd: number; columns?: string[] }) =>
      refuseErrors(() => parquetReadObjects({ file, metadata, utf8: false, compressors, parsers, ...range })),
    checkPages: (group: RowGroup, columns?: readonly string[]) => refuseErrors(() => checkPages(file, group, columns)),
    async close() {
      await nextTurn();
      closeSync(source);
    },
  };
}

/** Reads at once: nothing is under way afterwards. */
function readSlice(source: number, start: number, end: number): ArrayBuffer {
  const bytes = new Uint8Array(Math.max(0, end - start));
  for (let at = 0; at < bytes.length; ) {
    const read = readSync(source, bytes, at, bytes.length - at, start + at);
    if (read === 0) throw new Error('the file ends early');
    at += read;
  }
  return bytes.buffer;
}

/** The bytes of a picture: a column of bytes, or the struct {bytes, path} of an image. @throws CollimateError USAGE */
export function readBytes(value: unknown, column: string, where: string): Uint8Array {
  const bytes = value instanceof Uint8Array ? value : (value as { bytes?: unknown } | null | undefined)?.bytes;
  if (bytes instanceof Uint8Array && bytes.length > 0) return bytes;
  throw wrong(where, `${column}: expected the bytes of a picture; one that is only named by a path is not looked for`);
}

/** What the file of a picture was called that stands in a struct {bytes, path}. */
export function readPath(value: unknown): string | undefined {
  const path = (value as { path?: unknown } | null | undefined)?.path;
  const text = path instanceof Uint8Array ? Buffer.from(path).toString('utf8') : path;
  return typeof text === 'string' && text !== '' ? text : undefined;
}
