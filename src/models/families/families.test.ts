// The table of families: which folder is which, what each network is told, and how others are refused.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { input } from '../../engine/graph/tensor.ts';
import { readJsonObject } from '../config.ts';
import { openPipeline } from '../pipeline.ts';
import { FAMILIES, findFamily } from './families.ts';
import { joinFeatures } from './join-features.ts';

test('each family of the table opens by the class that its folder names', () => {
  const folders = { sd1: 'unet', sdxl: 'unet', sd35: 'transformer' };
  for (const [name, denoiser] of Object.entries(folders)) {
    const model = openPipeline(`test/fixtures/${name}/sd`);
    assert.equal(model.family, FAMILIES.get(String(model.index._class_name ?? 'StableDiffusionPipeline')));
    assert.equal(model.denoiser, denoiser);
    assert.deepEqual(Object.keys(model.declare), model.components);
  }
});

test('what a model is told follows from its encoders, with T5 or without, and from sizes', () => {
  const told = (name: string) => openPipeline(`test/fixtures/${name}/sd`).conditions;
  assert.deepEqual(told('sd1'), { context: [77, 32] });
  assert.deepEqual(told('sdxl'), { context: [77, 40], pooled: [24], time_ids: [6] });
  assert.deepEqual(told('sd35'), { context: [77 + 256, 48], pooled: [40] });
  const { family, raw, index } = openPipeline('test/fixtures/sd35/sd');
  const { text_encoder_3: _t5, ...without } = raw;
  const design = family.design(without, index, 'x');
  assert.equal(design.prompts.encoders.length, 2);
  assert.match(design.prompts.note ?? '', /T5 text encoder is left out/);
  const clip = { states: new Float32Array(77 * 16).fill(1), pooled: new Float32Array(16).fill(2) };
  const big = { states: new Float32Array(77 * 24).fill(3), pooled: new Float32Array(24).fill(4) };
  const { context, pooled } = design.prompts.combine([clip, big], [77, 77], 1);
  assert.deepEqual([context!.length, pooled!.length], [(77 + 256) * 48, 40]);
  assert.deepEqual([context![0], context![16], context![40], context!.at(-1)], [1, 3, 0, 0]);
});

test('SDXL is told the size of a picture as it was, the corner of its crop, and the size drawn', () => {
  const { sizing } = openPipeline('test/fixtures/sdxl/sd');
  const row = sizing!.of({ width: 900, height: 600 }, { left: 50, top: 0 }, { width: 512, height: 512 });
  assert.deepEqual(row, [600, 900, 0, 50, 512, 512]);
});

test('a U-Net of SDXL without the text as a vector is refused', () => {
  const { family, raw, index } = openPipeline('test/fixtures/sdxl/sd');
  const unet = { ...raw.unet, projection_class_embeddings_input_dim: 64 };
  assert.throws(() => family.design({ ...raw, unet }, index, 'x'), {
    code: 'MODEL_CONFIG',
    message: /of 24 numbers.*got 16/,
  });
  const bare = { ...raw.unet, addition_embed_type: null };
  assert.throws(() => family.design({ ...raw, unet: bare }, index, 'x'), { message: /addition_embed_type is not/ });
  const model = openPipeline('test/fixtures/sdxl/sd');
  const call = () =>
    model.declare.unet!() &&
    model.denoise(undefined as never, input('x', [1, 4, 8, 8]), input('t', [1]), { context: input('c', [1, 2, 8]) });
  assert.throws(call, { code: 'SHAPE' });
});

test('other pipelines are told by their own names, and one without a name is the oldest', () => {
  const refused = (name: string, message: RegExp) =>
    assert.throws(() => findFamily('model_index.json', { _class_name: name }), { code: 'MODEL_CONFIG', message });
  refused(
    'FluxPipeline',
    /expected StableDiffusionPipeline, .*StableDiffusion3Pipeline, got "FluxPipeline": this is FLUX/,
  );
  refused('StableDiffusion3InpaintPipeline', /an inpainting model/);
  refused('StableDiffusionXLInstructPix2PixPipeline', /InstructPix2Pix/);
  refused('KandinskyV22Pipeline', /Kandinsky/);
  assert.equal(findFamily('x', {}).className, 'StableDiffusionPipeline');
  assert.equal(
    findFamily('x', { _class_name: 'StableDiffusion3Img2ImgPipeline' }).className,
    'StableDiffusion3Pipeline',
  );
  const index = readJsonObject('test/fixtures/current/configs/sdxl-model_index.json');
  assert.equal(findFamily('x', index).className, 'StableDiffusionXLPipeline');
});

test('every pipeline of diffusers is one of ours, has the parts of one, or is refused with words of its own', () => {
  const { names } = readJsonObject('test/fixtures/current/pipelines.json') as { names: string[] };
  const taken = new Map<string, string[]>();
  let refused = 0;
  for (const name of names) {
    try {
      const { className } = findFamily('model_index.json', { _class_name: name });
      taken.set(className, [...(taken.get(className) ?? []), name.replace(/^StableDiffusion|Pipeline$/g, '')]);
    } catch (error) {
      refused++;
      assert.ok((error as Error).message.includes(`got "${name}": this is `), (error as Error).message);
    }
  }
  // Those of Stable Diffusion 1.x and 2.x draw by the same weights in other ways; DiffusionPipeline may be anything.
  assert.deepEqual(taken.get('StableDiffusionPipeline'), [
    ...['CycleDiffusion', 'Diffusion', 'SemanticStableDiffusion', 'AttendAndExcite', 'DiffEdit', 'Img2Img'],
    ...['ModelEditing', 'PAGImg2Img', 'PAG', 'Panorama', 'Paradigms', '', 'Pix2PixZero', 'SAG'],
  ]);
  assert.deepEqual(taken.get('StableDiffusionXLPipeline'), ['XLImg2Img', 'XLPAGImg2Img', 'XLPAG', 'XL']);
  assert.deepEqual(taken.get('StableDiffusion3Pipeline'), ['3Img2Img', '3PAGImg2Img', '3PAG', '3']);
  assert.equal(refused, names.length - 14 - 4 - 4);
});

test('features of several encoders stand side by side, filled up with zeros', () => {
  const [a, b] = [Float32Array.of(1, 2), Float32Array.of(3, 4, 5, 6)];
  assert.deepEqual(
    [
      ...joinFeatures(
        [
          { data: a, width: 1 },
          { data: b, width: 2 },
        ],
        4,
      ),
    ],
    [1, 3, 4, 0, 2, 5, 6, 0],
  );
});
