// The cache of frozen encoders: one float32 vector for each pair of content and encoder.

import { type Database, insertInChunks } from '../database/database.ts';

/** Stores vectors by the hash of what was embedded (a PNG file's, or `sha256(text)`); those that are there stay. */
export function insertEmbeddings(
  db: Database,
  encoderHash: string,
  vectors: readonly { subjectHash: string; vector: Float32Array }[],
): Promise<number> {
  const rows = vectors.map(({ subjectHash, vector }) => ({
    subjectHash,
    encoderHash,
    vector: new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength),
  }));
  return insertInChunks(db, rows, (tx, chunk) =>
    tx
      .insertInto('embeddings')
      .values(chunk)
      .onConflict((c) => c.columns(['encoderHash', 'subjectHash']).doNothing()),
  );
}

const HASHES_PER_QUERY = 1000;

/** The cached vectors among `subjectHashes`; what has none is absent from the map. */
export async function readEmbeddings(
  db: Database,
  encoderHash: string,
  subjectHashes: readonly string[],
): Promise<Map<string, Float32Array>> {
  const found = new Map<string, Float32Array>();
  for (let i = 0; i < subjectHashes.length; i += HASHES_PER_QUERY) {
    const rows = await db
      .selectFrom('embeddings')
      .select(['subjectHash', 'vector'])
      .where('encoderHash', '=', encoderHash)
      .where('subjectHash', 'in', subjectHashes.slice(i, i + HASHES_PER_QUERY))
      .execute();
    for (const { subjectHash, vector } of rows) found.set(subjectHash, toFloats(vector));
  }
  return found;
}

/** Bytes as floats; drivers return an ArrayBuffer or a Buffer that may start off a multiple of four. */
function toFloats(bytes: Uint8Array | ArrayBuffer): Float32Array {
  return new Float32Array(new Uint8Array(bytes).buffer);
}
