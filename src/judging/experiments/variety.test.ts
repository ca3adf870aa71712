import assert from 'node:assert/strict';
import { test } from 'node:test';
import { random } from '../../util/random.ts';
import { pickBestPictures } from './set-study.ts';
import { countNearCopies, measureFree, shrink, type VariedPicture } from './variety.ts';

const picture = (color: string, good = true, asked = {}): VariedPicture => ({
  asked: { count: 2, subject: 'dog', ...asked },
  seen: { parts: { count: 2, subject: 'dog', color }, features: new Float32Array(2) },
  good,
});

test('only good pictures, and only parts that a prompt leaves free, tell of variety', () => {
  const drawn = [picture('red'), picture('red'), picture('blue', false), picture('green', true, { color: 'green' })];
  const renders = ['red', 'blue', 'red', 'blue'].map((color) => picture(color));
  const [free, ...others] = measureFree(['count', 'color'], drawn, renders);
  assert.deepEqual(others, [], 'the count is asked for');
  assert.equal(free!.pictures, 2);
  assert.equal(free!.entropy, 0);
  assert.equal(free!.renders, 1);
});

test('a copy is found though it is a pixel off, and the base copies one in a hundred by how it is counted', () => {
  const noise = (seed: number) => {
    const rng = random(seed, 'picture');
    return Float32Array.from({ length: 12 }, () => 255 * rng.uniform());
  };
  const learned = Array.from({ length: 5 }, (_, i) => noise(i));
  const base = Array.from({ length: 100 }, (_, i) => noise(i + 50));
  const copies = [learned[0]!, learned[1]!.map((value) => value + 0.001), noise(4000)];
  const found = countNearCopies(copies, base, learned);
  assert.equal(found.share, 2 / 3);
  assert.equal(countNearCopies(base, base, learned).share, 0.01);
  const rgb = new Uint8Array(32 * 32 * 3).fill(9);
  assert.deepEqual([...new Set(shrink(rgb))], [9]);
  assert.equal(shrink(rgb).length, 16 * 16 * 3);
});

test('the best of a pool are those with the highest rewards, of equals the first', () => {
  const pool = [0.1, 0.7, 0.7, 0.9].map((reward, i) => ({ reward, i }));
  assert.deepEqual(
    pickBestPictures(pool, 2).map(({ i }) => i),
    [3, 1],
  );
});
