import assert from 'node:assert/strict';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { makeTemporaryDir } from '../../project/testing.ts';
import { random } from '../../util/random.ts';
import { readText } from './columns.ts';
import { readBytes, readParquet, readParquetInfo } from './parquet-read.ts';

/** The same four rows, written by pyarrow 26 in each of its compressions. */
const FIXTURES = fileURLToPath(new URL('../../../test/fixtures/parquet/', import.meta.url));
const CODECS = ['none', 'snappy', 'gzip', 'brotli', 'zstd', 'lz4'];

async function collect<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const row of rows) found.push(row);
  return found;
}

test('every compression gives the same rows', async () => {
  for (const codec of CODECS) {
    const path = join(FIXTURES, `${codec}.parquet`);
    assert.deepEqual(
      await readParquetInfo(path),
      { columns: ['image', 'text', 'width'], rows: 4, classNames: {} },
      codec,
    );
    const rows = await collect(readParquet(path));
    assert.deepEqual(
      rows.map(({ row, number }) => [number, row.text, row.width]),
      [
        [1, 'a red wall', 8n],
        [2, 'a green lawn', 8n],
        [3, 'a blue tile', 8n],
        [4, 'a grey stone', 8n],
      ],
      codec,
    );
    for (const { row } of rows) assert.equal(Buffer.from(readBytes(row.image, 'image', '')).readUInt32BE(16), 8);
    const some = await collect(readParquet(path, { columns: ['text'] }));
    assert.deepEqual(some[0]!.row, { text: 'a red wall' });
  }
});

test('letters that are no UTF-8 are no text, and no others are put in their place', async (t) => {
  const path = join(makeTemporaryDir(t), 'latin.parquet');
  const bytes = readFileSync(join(FIXTURES, 'none.parquet'));
  bytes[bytes.indexOf('a red wall') + 2] = 0xe9;
  writeFileSync(path, bytes);
  const [first, second] = await collect(readParquet(path, { columns: ['text'] }));
  assert.equal(readText(second!.row.text, 'text', 'row 2'), 'a green lawn');
  assert.equal(readText(Buffer.from('a naïve dog'), 'text', 'row 3'), 'a naïve dog');
  assert.throws(() => readText(first!.row.text, 'text', 'row 1'), /row 1: text: .*got bytes that are no UTF-8/);
});

test('a page that is not what its checksum says is refused, where it is read', async (t) => {
  const bytes = readFileSync(join(FIXTURES, 'checksums.parquet'));
  const path = join(makeTemporaryDir(t), 'changed.parquet');
  writeFileSync(path, bytes);
  assert.equal((await collect(readParquet(path))).length, 4);
  bytes[bytes.indexOf('a red wall') + 2] = 's'.charCodeAt(0);
  writeFileSync(path, bytes);
  await assert.rejects(collect(readParquet(path)), /changed\.parquet: .*a page of text is not what its checksum says/);
  assert.equal((await collect(readParquet(path, { columns: ['width'] }))).length, 4);
});

test('files with changed or missing bytes are read or refused, and nothing goes on once they are gone', async (t) => {
  const stray: unknown[] = [];
  const note = (reason: unknown) => stray.push(reason);
  process.on('unhandledRejection', note);
  t.after(() => process.off('unhandledRejection', note));
  const dir = makeTemporaryDir(t);
  let refused = 0;
  for (let seed = 0; seed < 150; seed++) {
    const rng = random(seed, 'parquet');
    const bytes = readFileSync(join(FIXTURES, `${CODECS[rng.int(CODECS.length)]}.parquet`));
    for (let i = 0; i <= rng.int(8); i++) bytes[rng.int(bytes.length)] = rng.int(256);
    const path = join(dir, `${seed}.parquet`);
    writeFileSync(path, rng.int(4) === 0 ? bytes.subarray(0, rng.int(bytes.length)) : bytes);
    try {
      for await (const { row } of readParquet(path)) assert.equal(typeof row, 'object');
    } catch (error) {
      assert.equal((error as Error).name, 'CollimateError', (error as Error).stack);
      assert.match((error as Error).message, /parquet(: | row)/);
      refused++;
    }
    rmSync(path);
  }
  await new Promise((done) => setTimeout(done, 50));
  assert.deepEqual(stray, []);
  assert.ok(refused > 20 && refused < 150, `${refused} of 150 refused`);
});
