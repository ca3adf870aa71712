import assert from 'node:assert/strict';
import { test } from 'node:test';
import { random } from '../../util/random.ts';
import { cutTiles, joinTiles, takeTile } from './tiles.ts';

test('tiles that decode alike join to what they were cut from, whatever its size', () => {
  const rng = random(1, 'tiles');
  for (let i = 0; i < 40; i++) {
    const side = 4 * (1 + rng.int(6));
    const [height, width] = [1 + rng.int(70), 1 + rng.int(70)];
    const values = rng.normals(2 * height * width);
    const tiles = cutTiles({ height, width }, side);
    const taken = tiles.map((row) =>
      row.map((tile) => {
        return { values: takeTile({ values, height, width }, tile), height: tile.height, width: tile.width };
      }),
    );
    const joined = joinTiles(taken, { height, width }, side);
    const far = joined.reduce((most, value, at) => Math.max(most, Math.abs(value - values[at]!)), 0);
    assert.ok(far < 1e-6, `${height}×${width} in tiles of ${side}: ${far}`);
  }
});

test('where two tiles differ, one fades into the other', () => {
  const latents = { height: 4, width: 7 };
  const tiles = cutTiles(latents, 4);
  assert.deepEqual(tiles[0], [
    { top: 0, left: 0, height: 4, width: 4 },
    { top: 0, left: 3, height: 4, width: 4 },
    { top: 0, left: 6, height: 4, width: 1 },
  ]);
  // Two pixels for a latent: tiles of 8 pixels, the last two of which overlap.
  const flat = (value: number, height: number, width: number) => {
    return { values: new Float32Array(height * width).fill(value), height, width };
  };
  const decoded = tiles.map((row, i) => row.map((tile, j) => flat(i === 0 ? j : 9, 2 * tile.height, 2 * tile.width)));
  const joined = joinTiles(decoded, { height: 8, width: 14 }, 8);
  assert.deepEqual([...joined.subarray(0, 14)], [0, 0, 0, 0, 0, 0, 0, 0.5, 1, 1, 1, 1, 1, 1.5]);
  const column = Array.from({ length: 8 }, (_, y) => joined[14 * y]);
  assert.deepEqual(column, [0, 0, 0, 0, 0, 0, 0, 4.5]);
});
