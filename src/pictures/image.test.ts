import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderScene } from '../world/scenes/render.ts';
import { contactSheet, decodePng, encodePng, enlarge, sceneToTensor, tensorToScene } from './image.ts';

const rgb = renderScene({ count: 2, color: 'red', subject: 'fish', background: 'beach', seed: 1 });

test('sceneToTensor and tensorToScene are inverse, planes first, in [-1, 1]', () => {
  const batch = new Float32Array(2 * rgb.length);
  sceneToTensor(rgb, batch, rgb.length);
  assert.deepEqual(tensorToScene(batch, rgb.length), rgb);
  assert.ok(batch.subarray(0, rgb.length).every((value) => value === 0));
  assert.deepEqual(sceneToTensor(Uint8Array.of(0, 51, 255, 255, 0, 102)), Float32Array.of(-1, 1, -0.6, -1, 1, -0.2));
  assert.deepEqual(tensorToScene(Float32Array.of(-3, 3, 0.2), 0, 1), Uint8Array.of(0, 255, 153));
});

test('enlarge repeats each pixel as a block', () => {
  const large = enlarge(Uint8Array.of(1, 2, 3, 4, 5, 6), 2, 2);
  const row = [1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6];
  assert.deepEqual([...large], [...row, ...row]);
});

test('a PNG decodes to the same bytes', async () => {
  const png = await encodePng(rgb);
  assert.deepEqual([...png.subarray(1, 4)], [...Buffer.from('PNG')]);
  assert.deepEqual(await decodePng(png), { rgb, width: 32, height: 32 });
  const large = await decodePng(await encodePng(enlarge(rgb, 3), 96, 96));
  assert.deepEqual([large.width, large.height], [96, 96]);
});

test('contactSheet lays pictures out in rows with gaps', () => {
  const { width, height, rgb: sheet } = contactSheet([rgb, rgb, rgb], 2, 2);
  assert.deepEqual([width, height], [2 * 66 + 2, 2 * 66 + 2]);
  const pixel = (x: number, y: number) => [...sheet.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)];
  assert.deepEqual(pixel(0, 0), [250, 250, 250]);
  for (const [x, y] of [
    [2, 2],
    [68, 2],
    [2, 68],
  ] as const)
    assert.deepEqual(pixel(x, y), [...rgb.subarray(0, 3)]);
  assert.deepEqual(pixel(68, 68), [250, 250, 250]);
});
