// Parquet files with the metadata by which Hugging Face datasets knows what its columns are.

import { type FileMetaData, parquetMetadataAsync, parquetReadObjects, type SchemaElement } from 'hyparquet';
import { asyncBufferFromFile } from 'hyparquet/src/node.js';
import { ByteWriter, parquetWrite } from 'hyparquet-writer';
import { writeFileAtomic } from '../../util/files.ts';
import { wrong } from './columns.ts';

type Kind = 'image' | 'binary' | 'string' | 'int64' | 'int32' | 'float64' | 'bool';

/** A column: what it is called, what it holds, and its values; null is no value. */
export interface ParquetColumn {
  readonly name: string;
  readonly kind: Kind;
  readonly values: readonly unknown[];
}

const scalar = (name: string, fields: Partial<SchemaElement>): SchemaElement => ({
  name,
  repetition_type: 'OPTIONAL',
  ...fields,
});

const SCHEMAS: Readonly<Record<Kind, (name: string) => SchemaElement[]>> = {
  image: (name) => [
    { name, repetition_type: 'OPTIONAL', num_children: 2 },
    scalar('bytes', { type: 'BYTE_ARRAY' }),
    scalar('path', { type: 'BYTE_ARRAY', converted_type: 'UTF8' }),
  ],
  binary: (name) => [scalar(name, { type: 'BYTE_ARRAY' })],
  string: (name) => [scalar(name, { type: 'BYTE_ARRAY', converted_type: 'UTF8' })],
  int64: (name) => [scalar(name, { type: 'INT64' })],
  int32: (name) => [scalar(name, { type: 'INT32' })],
  float64: (name) => [scalar(name, { type: 'DOUBLE' })],
  bool: (name) => [scalar(name, { type: 'BOOLEAN' })],
};

const DTYPES: Readonly<Record<Exclude<Kind, 'image'>, string>> = {
  binary: 'binary',
  string: 'string',
  int64: 'int64',
  int32: 'int32',
  float64: 'float64',
  bool: 'bool',
};

/** Rows of pictures in one group, so that a reader need not hold many. */
const ROWS_PER_GROUP = 100;

export function writeParquet(path: string, columns: readonly ParquetColumn[]): void {
  const features = Object.fromEntries(
    columns.map(({ name, kind }) => [
      name,
      kind === 'image' ? { _type: 'Image' } : { dtype: DTYPES[kind], _type: 'Value' },
    ]),
  );
  const writer = new ByteWriter();
  parquetWrite({
    writer,
    schema: [
      { name: 'schema', num_children: columns.length },
      ...columns.flatMap(({ name, kind }) => SCHEMAS[kind](name)),
    ],
    columnData: columns.map(({ name, kind, values }) => ({
      name,
      data: values.map((value) => (kind === 'int64' && typeof value === 'number' ? BigInt(value) : value)),
      // Pictures are compressed already.
      ...((kind === 'image' || kind === 'binary') && { codec: 'UNCOMPRESSED' as const, statistics: false }),
    })),
    rowGroupSize: ROWS_PER_GROUP,
    kvMetadata: [{ key: 'huggingface', value: JSON.stringify({ info: { features } }) }],
    createdBy: 'collimate',
  });
  writeFileAtomic(path, new Uint8Array(writer.getBuffer()));
}

/**
 * Reads a file row by row, a group at a time.
 *
 * @throws CollimateError USAGE for a file that is no Parquet, cut off, or without a column of `required`.
 */
export async function* readParquet(
  path: string,
  required: readonly string[],
): AsyncGenerator<{ row: Record<string, unknown>; where: string }> {
  const file = await refuseErrors(path, () => asyncBufferFromFile(path));
  const metadata = await refuseErrors(path, () => parquetMetadataAsync(file));
  checkColumns(path, metadata, required);
  const total = Number(metadata.num_rows);
  for (let rowStart = 0; rowStart < total; rowStart += ROWS_PER_GROUP) {
    const rowEnd = Math.min(total, rowStart + ROWS_PER_GROUP);
    const rows = await refuseErrors(path, () => parquetReadObjects({ file, metadata, rowStart, rowEnd, utf8: false }));
    if (rows.length !== rowEnd - rowStart) throw wrong(path, `expected ${total} rows; the file ends early`);
    for (const [i, row] of rows.entries()) yield { row, where: `${path} row ${rowStart + i + 1}` };
  }
}

function checkColumns(path: string, { schema }: FileMetaData, required: readonly string[]): void {
  const names = schema.slice(1).map(({ name }) => name);
  const missing = required.filter((name) => !names.includes(name));
  if (missing.length > 0)
    throw wrong(
      path,
      `expected the columns ${required.join(', ')}; ${missing.join(', ')} is missing among ${names.slice(0, 20).join(', ')}`,
    );
}

async function refuseErrors<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw wrong(path, `the file is no whole Parquet file (${(error as Error).message.split('\n')[0]})`);
  }
}

/** The bytes of a picture: a column of bytes, or the struct {bytes, path} of an image. @throws CollimateError USAGE */
export function readBytes(value: unknown, column: string, where: string): Uint8Array {
  const bytes = value instanceof Uint8Array ? value : (value as { bytes?: unknown } | null | undefined)?.bytes;
  if (bytes instanceof Uint8Array && bytes.length > 0) return bytes;
  throw wrong(where, `${column}: expected the bytes of a picture; one that is only named by a path is not looked for`);
}
