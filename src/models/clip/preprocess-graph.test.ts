import assert from 'node:assert/strict';
import { test } from 'node:test';
import { input } from '../../engine/graph/tensor.ts';
import { compile } from '../../engine/runtime/program.ts';
import { random } from '../../util/random.ts';
import { preprocessImage } from './preprocess.ts';
import { preprocessPixels } from './preprocess-graph.ts';
import { clipPreprocessing } from './preprocessing.ts';

const CASES = [
  ['enlarged', { width: 12, height: 12 }, clipPreprocessing(17)],
  ['shrunk and cut', { width: 21, height: 15 }, clipPreprocessing(8)],
  ['as it is', { width: 8, height: 8 }, clipPreprocessing(8)],
  [
    'both sides',
    { width: 9, height: 14 },
    { ...clipPreprocessing(8), resize: { width: 8, height: 8 }, filter: 'bilinear' },
  ],
] as const;

for (const [name, { width, height }, how] of CASES)
  test(`${name}: the graph gives the pixel values of the picture, but for rounding to bytes`, async () => {
    const rng = random(4, name);
    const rgb = Uint8Array.from({ length: 3 * width * height }, () => rng.int(256));
    const expected = preprocessImage({ width, height, rgb }, how);
    const pixels = new Float32Array(rgb.length);
    for (let i = 0; i < width * height; i++)
      for (let c = 0; c < 3; c++) pixels[c * width * height + i] = rgb[3 * i + c]! / 127.5 - 1;
    // What lies outside is cut, as it is where pictures become bytes.
    for (const [i, byte] of rgb.entries()) {
      const at = (i % 3) * width * height + Math.floor(i / 3);
      if (byte === 0) pixels[at] = -3;
      if (byte === 255) pixels[at] = 3;
    }
    const program = await compile({ values: preprocessPixels(input('pixels', [1, 3, height, width]), how) });
    const { values } = await program.run({ pixels });
    await program.dispose();
    const [byte] = [1 / 255 / Math.min(...how.deviation)];
    const worst = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - Number(values!.data[i]))), 0);
    assert.equal(values!.data.length, expected.length);
    assert.ok(worst <= (name === 'as it is' ? 1e-4 : 1.6 * byte), `${worst / byte} bytes`);
  });
