// Parquet files as they are written: with the metadata by which Hugging Face datasets knows what their columns are.

import type { SchemaElement } from 'hyparquet';
import { ByteWriter, parquetWrite } from 'hyparquet-writer';
import { writeFileAtomic } from '../../util/files.ts';

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
