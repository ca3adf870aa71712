import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { CollimateError } from '../../util/errors.ts';
import { openSafetensors } from './safetensors.ts';
import type { NamedTensor } from './tensor.ts';
import { writeSafetensors } from './write-safetensors.ts';

const folder = mkdtempSync(join(tmpdir(), 'collimate-weights-'));
after(() => rmSync(folder, { recursive: true }));

const tensors = new Map<string, NamedTensor>([
  ['b.weight', { dtype: 'float32', shape: [2, 3], data: new Float32Array([0, -1.5, 2, 0.1, 1e-6, 6e4]) }],
  ['a', { dtype: 'float32', shape: [], data: new Float32Array([7]) }],
  ['ids', { dtype: 'int64', shape: [2], data: new BigInt64Array([-3n, 2n ** 40n]) }],
  ['small', { dtype: 'int32', shape: [1, 2], data: new Int32Array([-5, 6]) }],
  ['wide', { dtype: 'float64', shape: [1], data: new Float64Array([0.1]) }],
  ['mask', { dtype: 'bool', shape: [3], data: new Uint8Array([1, 0, 1]) }],
  ['bytes', { dtype: 'uint8', shape: [2, 0], data: new Uint8Array(0) }],
]);

function save(name: string, header: unknown, data: Uint8Array = new Uint8Array(0), length?: bigint): string {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(length ?? BigInt(json.length));
  const path = join(folder, name);
  writeFileSync(path, Buffer.concat([prefix, json, data]));
  return path;
}

function assertRefused(path: string, message: RegExp): void {
  assert.throws(
    () => openSafetensors(path),
    (error) =>
      error instanceof CollimateError && error.code === 'WEIGHTS' && message.test(error.message) && error.hint !== '',
    `${path} should be refused with ${message}`,
  );
}

test('what writeSafetensors writes, openSafetensors reads', () => {
  const path = join(folder, 'all.safetensors');
  writeSafetensors(path, tensors, { metadata: { format: 'pt', z: '1' } });
  const file = openSafetensors(path);
  assert.deepEqual(file.names(), [...tensors.keys()].sort());
  for (const [name, tensor] of tensors) assert.deepEqual(file.read(name), tensor, name);
  assert.deepEqual(file.metadata, { format: 'pt', z: '1' });
  assert.deepEqual([file.has('a'), file.has('c'), file.shape('b.weight')], [true, false, [2, 3]]);
  assert.throws(() => file.read('c'), /expected a tensor "c", got none among 7/);
  file.close();
});

test('the bytes do not depend on the order of the tensors, and data starts at a multiple of 8', () => {
  const paths = ['one.safetensors', 'two.safetensors'].map((name) => join(folder, name));
  writeSafetensors(paths[0]!, tensors, { metadata: { x: '1', y: '2' } });
  writeSafetensors(paths[1]!, new Map([...tensors].reverse()), { metadata: { y: '2', x: '1' } });
  const bytes = readFileSync(paths[0]!);
  assert.ok(bytes.equals(readFileSync(paths[1]!)));
  assert.equal(Number(bytes.readBigUInt64LE()) % 8, 0);
});

test('float16 halves the floats, keeps integers, and comes back as float32', () => {
  const path = join(folder, 'half.safetensors');
  writeSafetensors(path, tensors, { dtype: 'float16' });
  const file = openSafetensors(path);
  const { dtype, data } = file.read('b.weight');
  assert.equal(dtype, 'float32');
  assert.deepEqual([...data], [0, -1.5, 2, 0.0999755859375, 1.0132789611816406e-6, 60000]);
  assert.deepEqual(file.read('ids'), tensors.get('ids'));
  file.close();
});

test('bfloat16 is widened exactly, also beyond one block', () => {
  const count = (1 << 20) + 3;
  const data = new Uint16Array(count).fill(0x3f80);
  data[count - 1] = 0xc2f7;
  const header = { w: { dtype: 'BF16', shape: [count], data_offsets: [0, count * 2] } };
  const file = openSafetensors(save('bf16.safetensors', header, new Uint8Array(data.buffer)));
  const read = file.read('w').data as Float32Array;
  assert.deepEqual([read.length, read[0], read[count - 2], read[count - 1]], [count, 1, 1, -123.5]);
  file.close();
});

test('a shape that does not fit, or a number beyond float16, is refused and leaves no file', () => {
  const bad = join(folder, 'bad');
  const wrong = new Map<string, NamedTensor>([['w', { dtype: 'float32', shape: [2], data: new Float32Array(3) }]]);
  assert.throws(() => writeSafetensors(join(bad, 'a.safetensors'), wrong), /w expected 2 numbers for \[2\], got 3/);
  const large = new Map<string, NamedTensor>([['w', { dtype: 'float32', shape: [1], data: new Float32Array([7e4]) }]]);
  assert.throws(
    () => writeSafetensors(join(bad, 'a.safetensors'), large, { dtype: 'float16' }),
    /: w expected .* got 70000/,
  );
  assert.deepEqual(readdirSync(bad), []);
});

test('damaged files are refused with what is wrong', () => {
  const entry = (start: number, end: number, shape = [1], dtype = 'F32') => ({
    dtype,
    shape,
    data_offsets: [start, end],
  });
  const four = new Uint8Array(4);
  assertRefused(join(folder, 'missing.safetensors'), /there is no such file/);
  writeFileSync(join(folder, 'short.safetensors'), 'abc');
  assertRefused(join(folder, 'short.safetensors'), /at least 8 bytes, got a file of 3/);
  assertRefused(save('long.safetensors', '{}', four, 5000n), /header of 5000 bytes, got a file of 14/);
  assertRefused(save('huge.safetensors', '{}', four, 2n ** 60n), /at most 100000000 bytes/);
  writeFileSync(join(folder, 'lfs.safetensors'), 'version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 5\n');
  assertRefused(join(folder, 'lfs.safetensors'), /expected weights, got a pointer of Git LFS/);
  writeFileSync(join(folder, 'page.safetensors'), '<!doctype html><title>Not found</title>');
  assertRefused(join(folder, 'page.safetensors'), /expected weights, got a web page/);
  assertRefused(save('text.safetensors', 'not json'), /expected a JSON header, got "not json"/);
  assertRefused(save('list.safetensors', '[1, 2]'), /expected a JSON object/);
  assertRefused(save('dtype.safetensors', { w: entry(0, 4, [1], 'F12') }, four), /w: expected a dtype .* got "F12"/);
  assertRefused(save('shape.safetensors', { w: entry(0, 4, [-1]) }, four), /w: expected a shape .* got \[-1\]/);
  assertRefused(save('range.safetensors', { w: entry(4, 0) }, four), /w: expected data_offsets .* got \[4,0\]/);
  assertRefused(save('count.safetensors', { w: entry(0, 4, [2]) }, four), /w: expected 8 bytes for F32\[2\], got 4/);
  assertRefused(save('cut.safetensors', { w: entry(0, 8, [2]) }, four), /w: expected bytes \d+ to \d+, got a file of/);
  assertRefused(save('tail.safetensors', { w: entry(0, 4) }, new Uint8Array(6)), /expected \d+ bytes in all/);
  const both = { a: entry(0, 4), b: entry(0, 4) };
  assertRefused(save('overlap.safetensors', both, four), /b: expected to start at byte \d+, got \d+, which overlaps a/);
  const apart = { a: entry(0, 4), b: entry(8, 12) };
  assertRefused(save('hole.safetensors', apart, new Uint8Array(12)), /b: .* leaves a hole after a/);
  const twice = `{"a":${JSON.stringify(entry(0, 4))},"\\u0061":${JSON.stringify(entry(0, 4))}}`;
  assertRefused(save('twice.safetensors', twice, four), /expected each name once in the header, got "a" twice/);
  assertRefused(save('meta.safetensors', { __metadata__: { n: 1 } }), /__metadata__ to map strings to strings/);
  writeFileSync(join(folder, 'sd-v1-4.ckpt'), 'x');
  assertRefused(join(folder, 'sd-v1-4.ckpt'), /expected a \.safetensors file, got a pickled one/);
  assertRefused(folder, /expected a file, got a folder/);
});
