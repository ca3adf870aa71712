import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parseClipConfig } from './clip/config.ts';
import { readJsonObject } from './config.ts';
import { createSchedule } from './diffusion/schedule.ts';
import { openPipeline } from './pipeline.ts';
import { parseUnetConfig, pooledWidth } from './unet/config.ts';

const fixtures = 'test/fixtures/current';
const root = mkdtempSync(join(tmpdir(), 'collimate-family-'));
after(() => rmSync(root, { recursive: true }));

/** The tiny pipeline with fields of one file changed. */
function changed(file: string, fields: object): string {
  const model = mkdtempSync(join(root, 'model-'));
  cpSync(`${fixtures}/pipeline`, model, { recursive: true });
  const path = join(model, file);
  writeFileSync(path, JSON.stringify({ ...readJsonObject(path), ...fields }));
  return model;
}

function assertRefused(model: string, message: RegExp): void {
  assert.throws(() => openPipeline(model), { code: 'MODEL_CONFIG', message });
}

test('models of other families are refused by the class that they name, whatever else they hold', () => {
  const told = (name: string, message: RegExp) =>
    assertRefused(changed('model_index.json', { _class_name: name }), message);
  told(
    'StableDiffusionXLInpaintPipeline',
    /_class_name: expected StableDiffusionPipeline, StableDiffusionXLPipeline, .*inpainting/,
  );
  told('StableDiffusionXLPipeline', /text_encoder_2: expected CLIPTextModelWithProjection, got nothing/);
  told('KolorsPipeline', /this is Kolors/);
  told('FluxPipeline', /this is FLUX/);
  told('PixArtAlphaPipeline', /this is PixArt/);
  told('StableDiffusionInpaintPipeline', /this is an inpainting model/);
  told('StableDiffusionInstructPix2PixPipeline', /this is InstructPix2Pix/);
  told('LatentConsistencyModelPipeline', /latent consistency model/);
  for (const name of ['StableDiffusionPipeline', 'StableDiffusionImg2ImgPipeline', 'MyOwnPipeline'])
    assert.equal(openPipeline(changed('model_index.json', { _class_name: name })).layout, 'diffusers');
  assertRefused(
    changed('model_index.json', { _class_name: 7 }),
    /_class_name: expected StableDiffusionPipeline, .*, got 7/,
  );
  const alone = mkdtempSync(join(root, 'alone-'));
  cpSync(`${fixtures}/configs/sdxl-model_index.json`, join(alone, 'model_index.json'));
  assertRefused(alone, /unet\/config\.json: there is no such file/);
  assertRefused(
    changed('model_index.json', { _class_name: 'MyOwnPipeline', unet: ['diffusers', 'Other'] }),
    /unet: expected UNet2DConditionModel, got "Other" \(its _class_name is MyOwnPipeline\)/,
  );
});

test('a U-Net that sees or gives more than latents is told for what it is', () => {
  const unet = (fields: object, message: RegExp) => assertRefused(changed('unet/config.json', fields), message);
  unet(
    readJsonObject(`${fixtures}/configs/unet-inpaint.json`),
    /in_channels: expected 4, .*got 9: this is an inpainting/,
  );
  unet({ in_channels: 8 }, /got 8: this is a model that also sees a picture, such as InstructPix2Pix/);
  unet({ in_channels: 7 }, /got 7: this is an upscaler/);
  unet({ in_channels: 5 }, /got 5: this is a model that also sees depth/);
  unet(readJsonObject(`${fixtures}/configs/unet-out8.json`), /out_channels: expected 4, .*got 8: .*predicts variances/);
  unet({ cross_attention_dim: 24 }, /cross_attention_dim: expected 16, the text encoder's hidden_size, got 24/);
  assertRefused(changed('vae/config.json', { out_channels: 6 }), /vae: out_channels: expected 3, .*got 6/);
  const xl = readJsonObject(`${fixtures}/configs/sdxl-unet.json`);
  assert.equal(pooledWidth(parseUnetConfig(xl)), 32);
  assertRefused(
    changed('unet/config.json', {
      addition_embed_type: 'text_time',
      addition_time_embed_dim: 8,
      projection_class_embeddings_input_dim: 64,
    }),
    /addition_embed_type: expected null, got "text_time": this is Stable Diffusion XL's U-Net/,
  );
});

test('a CLIP of another kind, or whose end token is no token, is refused', () => {
  assert.throws(() => parseClipConfig({ model_type: 'siglip' }), {
    message: /model_type: expected clip, got "siglip"/,
  });
  assertRefused(changed('text_encoder/config.json', { eos_token_id: 594 }), /eos_token_id: .*below 594, got 594/);
  assertRefused(
    changed('text_encoder/config.json', { model_type: 't5' }),
    /model_type: expected clip_text_model or clip, got "t5"/,
  );
});

test('a byte order mark before a config is passed over', () => {
  const model = changed('unet/config.json', {});
  for (const file of ['model_index.json', 'unet/config.json', 'scheduler/scheduler_config.json'])
    writeFileSync(join(model, file), `\uFEFF${readFileSync(join(model, file), 'utf8')}`);
  assert.ok(createSchedule(openPipeline(model).raw.scheduler));
});
