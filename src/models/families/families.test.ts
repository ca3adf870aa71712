// The table of families: which folder is which, what each network is told, and how others are refused.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { input } from '../../engine/graph/tensor.ts';
import { compile } from '../../engine/runtime/program.ts';
import { readJsonObject } from '../config.ts';
import { openPipeline } from '../pipeline.ts';
import { describeClass, FAMILIES, findFamily } from './families.ts';

test('each family of the table opens by the class that its folder names', () => {
  const folders = { sd1: 'unet', sdxl: 'unet', sd35: 'transformer' };
  for (const [name, denoiser] of Object.entries(folders)) {
    const model = openPipeline(`test/fixtures/${name}/sd`);
    assert.equal(model.family, FAMILIES.get(String(model.index._class_name ?? 'StableDiffusionPipeline')));
    assert.equal(model.denoiser, denoiser);
    assert.deepEqual(Object.keys(model.declare), model.components);
  }
});

test('what a model is told follows from its encoders, with T5 or without, and from sizes', async () => {
  const told = (name: string) => openPipeline(`test/fixtures/${name}/sd`).conditions;
  assert.deepEqual(told('sd1'), { context: [77, 32] });
  assert.deepEqual(told('sdxl'), { context: [77, 40], pooled: [24], time_ids: [6] });
  assert.deepEqual(told('sd35'), { context: [77 + 256, 48], pooled: [40] });
  const { family, raw, index } = openPipeline('test/fixtures/sd35/sd');
  const { text_encoder_3: _t5, ...without } = raw;
  const design = family.design(without, index, 'x');
  assert.equal(design.prompts.encoders.length, 2);
  assert.match(design.prompts.note ?? '', /T5 text encoder is left out/);
  const float = (name: string, ...shape: number[]) => input(name, shape);
  const clip = { states: float('a', 1, 77, 16), pooled: float('b', 1, 16) };
  const big = { states: float('c', 1, 77, 24), pooled: float('d', 1, 24) };
  const program = await compile(design.prompts.combine([clip, big], [77, 77]));
  const fill = (length: number, value: number) => new Float32Array(length).fill(value);
  const feeds = { a: fill(77 * 16, 1), b: fill(16, 2), c: fill(77 * 24, 3), d: fill(24, 4) };
  const { context, pooled } = await program.run(feeds).finally(() => program.dispose());
  const [states, whole] = [context!.data as Float32Array, pooled!.data as Float32Array];
  assert.deepEqual([states.length, whole.length], [(77 + 256) * 48, 40]);
  assert.deepEqual([states[0], states[15], states[16], states[39], states[40], states.at(-1)], [1, 1, 3, 3, 0, 0]);
  assert.deepEqual([whole[0], whole[15], whole[16], whole.at(-1)], [2, 2, 4, 4]);
});

test('SDXL is told the size of a picture as it was, the corner of its crop, and the size drawn', () => {
  const { sizing } = openPipeline('test/fixtures/sdxl/sd');
  const row = sizing!.of({ width: 900, height: 600 }, { left: 50, top: 0 }, { width: 512, height: 512 });
  assert.deepEqual(row, [600, 900, 0, 50, 512, 512]);
});

test('what SDXL says of empty prompts is a truth value', () => {
  const { family, raw, index } = openPipeline('test/fixtures/sdxl/sd');
  const noneIsZero = (value: unknown) =>
    family.design(raw, { ...index, force_zeros_for_empty_prompt: value }, 'x').prompts.noneIsZero;
  assert.deepEqual([undefined, true, false].map(noneIsZero), [true, true, false]);
  for (const value of ['no', 0, null])
    assert.throws(() => noneIsZero(value), { code: 'MODEL_CONFIG', message: /x\/model_index\.json: force_zeros.*got/ });
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

test('a model that calls itself otherwise than its family is told of', () => {
  const family = findFamily('model_index.json', { _class_name: 'MyPipeline' });
  const told = describeClass({ family, index: { _class_name: 'MyPipeline' } });
  assert.match(told.join(), /calls itself MyPipeline; its parts are used as those of StableDiffusionPipeline/);
  assert.deepEqual(describeClass({ family, index: { _class_name: 'StableDiffusionPipeline' } }), []);
  assert.deepEqual(describeClass({ family, index: {} }), []);
});
