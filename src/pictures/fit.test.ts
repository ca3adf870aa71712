import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeTemporaryDir } from '../project/testing.ts';
import { countFits, describeFits, fitPicture, isOfSize } from './fit.ts';
import { encodePng } from './image.ts';
import { readPngSize } from './png-size.ts';

/** Left third red, middle green, right blue; `height` rows. */
function stripes(width: number, height: number) {
  const rgb = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) rgb[3 * i + Math.floor(((i % width) * 3) / width)] = 255;
  return { rgb, width, height };
}

const SIZE = { width: 8, height: 8 };
const colorAt = (rgb: Uint8Array, x: number, y: number) => [...rgb.subarray(3 * (8 * y + x), 3 * (8 * y + x) + 3)];

test('another shape is cropped to its middle, stretched or padded; the wanted size stays as it is, byte for byte', async () => {
  const wide = stripes(48, 16);
  const cropped = await fitPicture(wide, SIZE, 'crop');
  assert.deepEqual([cropped.length, colorAt(cropped, 3, 4)], [192, [0, 255, 0]]);
  assert.ok(colorAt(cropped, 1, 4)[1]! > 250, 'of the sides nothing is left');
  const stretched = await fitPicture(wide, SIZE, 'stretch');
  assert.ok(colorAt(stretched, 0, 0)[0]! > 240 && colorAt(stretched, 7, 7)[2]! > 240);
  const padded = await fitPicture(wide, SIZE, 'pad');
  assert.deepEqual(
    [colorAt(padded, 4, 0), colorAt(padded, 4, 7)],
    [
      [255, 255, 255],
      [255, 255, 255],
    ],
  );
  assert.ok(colorAt(padded, 0, 4)[0]! > 200 && colorAt(padded, 7, 4)[2]! > 200);
  const high = await fitPicture({ ...stripes(8, 24) }, SIZE, 'crop');
  assert.deepEqual(high, stripes(8, 8).rgb, 'only cut, where one side fits');
  const own = stripes(8, 8);
  assert.equal(await fitPicture(own, SIZE, 'pad'), own.rgb);
});

test('what was done is counted', () => {
  const sizes = [
    SIZE,
    { width: 16, height: 16 },
    { width: 16, height: 16 },
    { width: 16, height: 8 },
    { width: 8, height: 9 },
  ];
  const count = countFits(sizes, SIZE);
  assert.deepEqual(count, { resized: 4, sizes: 3, reshaped: 2 });
  assert.equal(
    describeFits(count, SIZE, 'crop'),
    '4 pictures of 3 sizes were resized to 8×8, 2 of them cropped to their middle',
  );
  const one = countFits(sizes.slice(0, 2), SIZE);
  assert.equal(describeFits(one, SIZE, 'pad'), '1 picture of 1 size was resized to 8×8');
  assert.equal(describeFits(countFits([SIZE], SIZE), SIZE, 'crop'), undefined);
});

test('the size of a PNG file is read from its head', async (t) => {
  const dir = makeTemporaryDir(t);
  const { rgb, width, height } = stripes(12, 5);
  writeFileSync(join(dir, 'a.png'), await encodePng(rgb, width, height, 'text'));
  assert.ok(isOfSize(readPngSize(join(dir, 'a.png'))!, { width, height }));
  writeFileSync(join(dir, 'b.png'), 'short');
  writeFileSync(join(dir, 'c.png'), 'no picture, but of more than 24 bytes');
  for (const name of ['b.png', 'c.png', 'd.png']) assert.equal(readPngSize(join(dir, name)), undefined);
});
