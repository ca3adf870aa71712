import assert from 'node:assert/strict';
import { test } from 'node:test';
import { random } from '../../util/random.ts';
import { renderScene } from '../../world/scenes/render.ts';
import { sampleAnyScene } from '../../world/scenes/scene.ts';
import { clipPreprocessing } from '../clip/preprocessing.ts';
import { hashClip, openClipEmbedder } from './clip.ts';
import { embeddedModel } from './embedded.ts';
import { roundMatrix } from './quantize.ts';

test('a matrix is rounded by the largest number of each output, and turned over', () => {
  const [outputs, inputs] = [70, 5];
  const weight = random(1, 'matrix').normals(outputs * inputs);
  weight.fill(0, 0, inputs);
  const { matrix, scale } = roundMatrix(weight, [outputs, inputs]);
  for (let o = 0; o < outputs; o++) {
    const column = Array.from({ length: inputs }, (_, i) => matrix[i * outputs + o]!);
    assert.equal(Math.max(...column.map(Math.abs)), o === 0 ? 0 : 63);
    column.forEach((q, i) => {
      assert.ok(Math.abs(q * scale[o]! - weight[o * inputs + i]!) <= 0.5001 * scale[o]!);
    });
  }
});

test('CLIP in int8 is near to itself in float32, is another encoder, and sees one picture at a time', async () => {
  const clip = embeddedModel('clip');
  const [full, small] = [await openClipEmbedder(clip), await openClipEmbedder(clip, { precision: 'int8' })];
  const pictures = Array.from({ length: 8 }, (_, i) => ({
    rgb: renderScene(sampleAnyScene(random(1, 'scene', i))),
    width: 32,
    height: 32,
  }));
  const texts = ['two green dogs in a city', 'a red cat'];
  const cosines = (a: Float32Array[], b: Float32Array[]) =>
    a.map((x, i) => x.reduce((sum, value, j) => sum + value * b[i]![j]!, 0));
  const embeds = await small.embedImages(pictures);
  for (const cosine of cosines(await full.embedImages(pictures), embeds))
    assert.ok(cosine > 0.999 && cosine < 1, `${cosine}`);
  for (const cosine of cosines(await full.embedTexts(texts), await small.embedTexts(texts))) assert.ok(cosine > 0.999);
  const [alone] = await small.embedImages(pictures.slice(3, 4));
  assert.deepEqual(alone, embeds[3]);
  assert.equal(small.encoderHash, await hashClip(clip, clipPreprocessing(32), 'int8'));
  assert.notEqual(small.encoderHash, full.encoderHash);
  await full.dispose();
  await small.dispose();
});
