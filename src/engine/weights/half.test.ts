import assert from 'node:assert/strict';
import { test } from 'node:test';
import { getFloat16, setFloat16 } from '@petamoriken/float16';
import { random } from '../../util/random.ts';
import { narrowBfloat16, narrowFloat16, widenBfloat16, widenFloat16 } from './half.ts';

const view = new DataView(new ArrayBuffer(2));

test('widenFloat16 agrees with an independent decoder on all 65,536 patterns', () => {
  const patterns = Uint16Array.from({ length: 65536 }, (_, i) => i);
  const wide = new Float32Array(65536);
  widenFloat16(patterns, wide);
  const wrong = patterns.filter((pattern) => {
    view.setUint16(0, pattern);
    return !Object.is(getFloat16(view, 0), wide[pattern]);
  });
  assert.deepEqual([...wrong], []);
});

test('widenFloat16 and widenBfloat16 write at an offset and leave the rest', () => {
  const target = new Float32Array([9, 9, 9, 9]);
  widenFloat16(new Uint16Array([0x3c00, 0xc000]), target, 1);
  assert.deepEqual([...target], [9, 1, -2, 9]);
  widenBfloat16(new Uint16Array([0x3f80, 0xc040]), target, 2);
  assert.deepEqual([...target], [9, 1, 1, -3]);
});

test('narrowFloat16 returns every float16 number unchanged', () => {
  const patterns = Uint16Array.from({ length: 65536 }, (_, i) => i).filter(
    (p) => (p & 0x7c00) !== 0x7c00 || !(p & 0x3ff),
  );
  const wide = new Float32Array(patterns.length);
  widenFloat16(patterns, wide);
  assert.deepEqual(narrowFloat16(wide), patterns);
});

test('narrowFloat16 rounds to nearest even, as an independent encoder does', () => {
  const stream = random(3, 'half');
  const numbers = Float32Array.from({ length: 20000 }, () => stream.normal() * 2 ** (stream.int(44) - 27));
  const halfway = Float32Array.from({ length: 2000 }, (_, i) => (2 * i + 1) * 2 ** ((i % 12) - 25));
  const edges = Float32Array.from([
    65519.99,
    65520,
    65504,
    2 ** -25,
    2 ** -25 * 1.0001,
    2 ** -26,
    -0,
    Infinity,
    -1e-40,
  ]);
  for (const source of [numbers, halfway, edges]) {
    const expected = Uint16Array.from(source, (value) => {
      setFloat16(view, 0, value);
      return view.getUint16(0);
    });
    assert.deepEqual(narrowFloat16(source), expected);
  }
  assert.equal(narrowFloat16(new Float32Array([NaN]))[0], 0x7e00);
});

test('narrowBfloat16 keeps every bfloat16 number and rounds the others to nearest even', () => {
  const patterns = Uint16Array.from({ length: 65536 }, (_, i) => i).filter(
    (p) => (p & 0x7f80) !== 0x7f80 || !(p & 0x7f),
  );
  const wide = new Float32Array(patterns.length);
  widenBfloat16(patterns, wide);
  assert.deepEqual(narrowBfloat16(wide), patterns);
  // One unit in the last place is 2^-7 at 1: half a unit goes to the even neighbour, more goes up.
  const source = Float32Array.of(
    1 + 2 ** -8,
    1 + 3 * 2 ** -8,
    1 + 2 ** -8 + 2 ** -20,
    -1 - 2 ** -8,
    Number.NaN,
    3.4e38,
  );
  const [tie, odd, above, negative, nan, huge] = narrowBfloat16(source);
  assert.deepEqual([tie, odd, above, negative, huge], [0x3f80, 0x3f82, 0x3f81, 0xbf80, 0x7f80]);
  assert.ok((nan! & 0x7f80) === 0x7f80 && (nan! & 0x7f) !== 0);
});
