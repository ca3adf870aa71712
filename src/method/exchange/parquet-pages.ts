// Checksums of the pages of a Parquet file, where its writer left them: the reader itself passes them over.

import { crc32 } from 'node:zlib';
import type { AsyncBuffer, RowGroup } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';

/**
 * Compares every page that has a checksum with it.
 *
 * @param columns those of the top level that are looked at; all of them where none are named
 * @throws Error for a page that is not what was written.
 */
export async function checkPages(file: AsyncBuffer, group: RowGroup, columns?: readonly string[]): Promise<void> {
  for (const { meta_data: chunk } of group.columns) {
    if (!chunk || columns?.includes(chunk.path_in_schema[0]!) === false) continue;
    // Zero stands for none in some files.
    const start = Number(chunk.dictionary_page_offset || chunk.data_page_offset);
    const bytes = await file.slice(start, Math.min(file.byteLength, start + Number(chunk.total_compressed_size)));
    checkChunk(new DataView(bytes), chunk.path_in_schema.join('.'));
  }
}

function checkChunk(view: DataView<ArrayBuffer>, column: string): void {
  const reader = { view, offset: 0 };
  while (reader.offset < view.byteLength) {
    const { compressed_page_size: size, crc } = parquetHeader(reader);
    // Writers give all pages one, or none.
    if (crc === undefined) return;
    if (crc32(new Uint8Array(view.buffer, reader.offset, size)) !== crc >>> 0)
      throw new Error(`a page of ${column} is not what its checksum says`);
    reader.offset += size;
  }
}
