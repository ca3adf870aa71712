import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { readWeights } from '../../engine/weights/read-weights.ts';
import { preprocessImage } from './preprocess.ts';
import { type RgbImage, resizeBicubic } from './resample.ts';

const fixtures = fileURLToPath(new URL('../../../test/fixtures', import.meta.url));

async function decode(path: string): Promise<RgbImage> {
  const { data, info } = await sharp(path)
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, rgb: data };
}

for (const name of ['sd1', 'sd2']) {
  test(`${name}: the pixel values of the reference`, async () => {
    const golden = readWeights(`${fixtures}/${name}/preprocess/golden.safetensors`).get('pixel_values')!;
    const expected = golden.data as Float32Array;
    const actual = preprocessImage(await decode(`${fixtures}/${name}/preprocess/image.png`), 64);
    assert.equal(actual.length, expected.length);
    const worst = actual.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i]!)), 0);
    assert.ok(worst < 1e-5, `largest error ${worst}`);
  });
}

/** A grey picture from its rows. */
function grey(rows: number[][]): RgbImage {
  const rgb = Uint8Array.from(rows.flat().flatMap((value) => [value, value, value]));
  return { width: rows[0]!.length, height: rows.length, rgb };
}

test('resizeBicubic by hand: enlarging a step overshoots, shrinking averages', () => {
  // Weights of Keys' kernel at distances 1/4, 3/4, 5/4, 7/4, renormalised at the border.
  const wide = resizeBicubic(grey([[100, 100, 200, 200]]), 8, 1);
  const red = Array.from({ length: 8 }, (_, x) => wide.rgb[x * 3]);
  assert.deepEqual(red, [100, 98, 93, 120, 180, 207, 202, 200]);
  assert.deepEqual(
    [
      ...resizeBicubic(
        grey([
          [60, 60],
          [60, 60],
        ]),
        1,
        1,
      ).rgb,
    ],
    [60, 60, 60],
  );
});

test('preprocessImage crops the centre of the long side', () => {
  const white = 255;
  const tall = grey([
    [0, 0],
    [white, white],
    [white, white],
    [0, 0],
  ]);
  const values = preprocessImage(tall, 2);
  const expected = [(1 - 0.48145466) / 0.26862954, (1 - 0.4578275) / 0.26130258, (1 - 0.40821073) / 0.27577711];
  for (const [i, value] of values.entries()) assert.ok(Math.abs(value - expected[i >> 2]!) < 1e-6);
});

test('preprocessImage refuses bytes that do not fit', () => {
  assert.throws(() => preprocessImage({ width: 2, height: 2, rgb: new Uint8Array(4) }, 2), {
    code: 'SHAPE',
    message: /expected 2×2×3 bytes of RGB, got 4/,
  });
});
