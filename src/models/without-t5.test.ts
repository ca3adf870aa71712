import assert from 'node:assert/strict';
import { lstatSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeTemporaryDir } from '../project/testing.ts';
import { convertModel } from './convert.ts';
import { hashModel, openPainter } from './inference/painter.ts';
import { makeFamilyModel } from './inference/testing.ts';
import { openPipeline } from './pipeline.ts';
import { linkWithoutT5 } from './without-t5.ts';

test('a model of Stable Diffusion 3 without T5 is a folder of links, draws otherwise, says so, and can be saved', async (t) => {
  const dir = makeTemporaryDir(t);
  const whole = makeFamilyModel(dir, 'sd35');
  const folder = linkWithoutT5(whole, join(dir, 'cache'), 'sd35');
  assert.match(folder, /sd35-without-t5$/);
  assert.ok(lstatSync(join(folder, 'transformer/config.json')).isSymbolicLink());
  const model = openPipeline(folder);
  assert.deepEqual(
    [model.components.includes('text_encoder_3'), Object.keys(model.tokenizers), model.leftOut],
    [false, ['tokenizer', 'tokenizer_2'], []],
  );
  assert.notEqual(hashModel(folder), hashModel(whole));
  assert.equal(linkWithoutT5(whole, join(dir, 'cache'), 'sd35'), folder);
  rmSync(join(folder, 'vae/config.json'));
  assert.equal(linkWithoutT5(whole, join(dir, 'cache'), 'sd35'), folder);
  assert.deepEqual(openPipeline(folder).parameters('vae'), openPipeline(whole).parameters('vae'));

  const notes: string[] = [];
  const painter = await openPainter(folder, { batchSize: 1, threads: 1, note: (line) => void notes.push(line) });
  const request = [{ prompt: 'a red cat', seed: 1 }];
  for await (const [picture] of painter.draw(request, { sampler: 'heun', steps: 2, guidanceScale: 1 }))
    assert.equal(picture!.rgb.length, 3 * 16 * 16);
  await painter.dispose();
  assert.deepEqual(notes, ["The model's T5 text encoder is left out: its tokens are zeros."]);

  const copy = join(dir, 'copy');
  convertModel(folder, copy);
  assert.ok(lstatSync(join(copy, 'vae/config.json')).isFile());
});

test('what has no T5 is itself, and of one file no part can be linked', (t) => {
  const dir = makeTemporaryDir(t);
  const xl = makeFamilyModel(dir, 'sdxl');
  assert.equal(linkWithoutT5(xl, join(dir, 'cache'), 'sdxl'), xl);
  const file = join(dir, 'sd35.safetensors');
  convertModel(makeFamilyModel(dir, 'sd35'), file);
  assert.throws(() => linkWithoutT5(file, join(dir, 'cache'), 'sd35'), {
    code: 'CONFIG',
    message: /textEncoders: clip leaves T5 out of a folder, and .*sd35\.safetensors is one file/,
  });
});
