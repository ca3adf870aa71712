import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parseClipTextConfig } from '../clip/config.ts';
import type { RawConfigs } from '../families/model.ts';
import { openPipeline } from '../pipeline.ts';
import { publishedModel, writeSparse } from '../testing.ts';
import { parseUnetConfig } from '../unet/config.ts';
import { parseVaeConfig } from '../vae/config.ts';
import { originalLayout } from './format.ts';
import { STABLE_DIFFUSION_3_FILES } from './sd3.ts';
import { STABLE_DIFFUSION_FILES } from './stable-diffusion.ts';

const root = mkdtempSync(join(tmpdir(), 'collimate-original-'));
after(() => rmSync(root, { recursive: true }));

type Shapes = Map<string, readonly number[]>;

/** Count and digest of sorted `name [shape]` lines. */
function digest(shapes: Iterable<readonly [string, readonly number[]]>): [number, string] {
  const lines = [...shapes].map(([name, shape]) => `${name} [${shape.join(', ')}]`).sort();
  return [lines.length, createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 16)];
}

/** What a file of the model's authors holds, less what is only theirs. */
function storedShapes(name: 'sd15' | 'sd21'): Shapes {
  const { raw, design } = publishedModel(name);
  const layout = originalLayout(design.declare, STABLE_DIFFUSION_FILES.placings(raw));
  return new Map(Object.values(layout).flatMap((part) => [...part.values()].map(({ from, stored }) => [from, stored])));
}

test('a file of Stable Diffusion 3 says which of them it is', () => {
  const told = (transformer: object) =>
    STABLE_DIFFUSION_3_FILES.modelSpec({ transformer } as unknown as RawConfigs)['modelspec.architecture'];
  assert.equal(told({ qk_norm: null, dual_attention_layers: [] }), 'stable-diffusion-v3-medium');
  assert.equal(told({ qk_norm: 'rms_norm', dual_attention_layers: [0, 1] }), 'stable-diffusion-v3.5-medium');
  assert.equal(told({ qk_norm: 'rms_norm', dual_attention_layers: [] }), 'stable-diffusion-v3.5-large');
});

// The state dicts of diffusers 0.27.2 and transformers 4.38.2, built from the same config.json files.
const PUBLISHED = {
  sd15: { unet: [686, '06ab0a594a10b99f'], vae: [248, 'a8eb7356226250e7'], text_encoder: [196, '3a39d8acef0ccd33'] },
  sd21: { unet: [686, '102cedebfb24e477'], vae: [248, 'a8eb7356226250e7'], text_encoder: [372, 'ed8ac14c6009c58f'] },
} as const;

for (const name of ['sd15', 'sd21'] as const) {
  test(`${name}: names and shapes are the published ones`, () => {
    for (const [component, specs] of Object.entries(publishedModel(name).design.declare))
      assert.deepEqual(
        digest(specs().map((spec) => [spec.name, spec.shape] as const)),
        PUBLISHED[name][component as keyof (typeof PUBLISHED)['sd15']],
        component,
      );
  });
}

test('names in the original layout are those of the published files', () => {
  const [one, two] = [storedShapes('sd15'), storedShapes('sd21')];
  const expected: [Shapes, string, number[]][] = [
    [one, 'model.diffusion_model.time_embed.0.weight', [1280, 320]],
    [one, 'model.diffusion_model.input_blocks.0.0.weight', [320, 4, 3, 3]],
    [one, 'model.diffusion_model.input_blocks.3.0.op.weight', [320, 320, 3, 3]],
    [one, 'model.diffusion_model.input_blocks.4.0.skip_connection.weight', [640, 320, 1, 1]],
    [one, 'model.diffusion_model.input_blocks.8.1.proj_in.weight', [1280, 1280, 1, 1]],
    [two, 'model.diffusion_model.input_blocks.8.1.proj_in.weight', [1280, 1280]],
    [one, 'model.diffusion_model.input_blocks.11.0.out_layers.3.weight', [1280, 1280, 3, 3]],
    [one, 'model.diffusion_model.middle_block.1.transformer_blocks.0.attn2.to_k.weight', [1280, 768]],
    [two, 'model.diffusion_model.middle_block.1.transformer_blocks.0.attn2.to_k.weight', [1280, 1024]],
    [one, 'model.diffusion_model.output_blocks.2.1.conv.weight', [1280, 1280, 3, 3]],
    [one, 'model.diffusion_model.output_blocks.5.2.conv.weight', [1280, 1280, 3, 3]],
    [one, 'model.diffusion_model.output_blocks.11.1.transformer_blocks.0.ff.net.0.proj.weight', [2560, 320]],
    [one, 'model.diffusion_model.out.2.weight', [4, 320, 3, 3]],
    [one, 'first_stage_model.encoder.down.0.downsample.conv.weight', [128, 128, 3, 3]],
    [one, 'first_stage_model.encoder.mid.attn_1.q.weight', [512, 512, 1, 1]],
    [one, 'first_stage_model.decoder.up.1.block.0.nin_shortcut.weight', [256, 512, 1, 1]],
    [one, 'first_stage_model.decoder.up.3.upsample.conv.weight', [512, 512, 3, 3]],
    [one, 'first_stage_model.decoder.norm_out.weight', [128]],
    [one, 'first_stage_model.post_quant_conv.weight', [4, 4, 1, 1]],
    [one, 'cond_stage_model.transformer.text_model.encoder.layers.11.mlp.fc1.weight', [3072, 768]],
    [two, 'cond_stage_model.model.positional_embedding', [77, 1024]],
    [two, 'cond_stage_model.model.transformer.resblocks.22.attn.in_proj_weight', [3072, 1024]],
    [two, 'cond_stage_model.model.transformer.resblocks.0.attn.in_proj_bias', [3072]],
    [two, 'cond_stage_model.model.ln_final.weight', [1024]],
  ];
  for (const [shapes, key, shape] of expected) assert.deepEqual(shapes.get(key), shape, key);
  // diffusers 0.42.1 turns exactly these names into its own, none left over.
  assert.deepEqual(digest(one), [1130, 'dd0d17c940fbd3a9']);
  assert.deepEqual(digest(two), [1214, 'cb60416bf599c468']);
});

/** What the authors' training left in the file. */
function addRemains(shapes: Shapes): Shapes {
  for (const name of ['betas', 'alphas_cumprod', 'sqrt_one_minus_alphas_cumprod']) shapes.set(name, [1000]);
  shapes.set('model_ema.diffusion_modelinput_blocks00weight', [320, 4, 3, 3]);
  return shapes;
}

/** What a whole OpenCLIP tower holds beyond the layers that Stable Diffusion 2 uses. */
function addLastLayer(shapes: Shapes): Shapes {
  const prefix = 'cond_stage_model.model.transformer.resblocks';
  for (const [name, shape] of [...shapes])
    if (name.startsWith(`${prefix}.22.`)) shapes.set(name.replace('.22.', '.23.'), shape);
  return shapes
    .set('cond_stage_model.model.text_projection', [1024, 1024])
    .set('cond_stage_model.model.logit_scale', []);
}

function configsOf(raw: RawConfigs) {
  return {
    unet: parseUnetConfig(raw.unet!),
    vae: parseVaeConfig(raw.vae!),
    text: parseClipTextConfig(raw.text_encoder!),
  };
}

test('the configs of a 1.5 file without any are inferred from its shapes', () => {
  const path = join(root, 'v1-5.safetensors');
  const ids = 'cond_stage_model.transformer.text_model.embeddings.position_ids';
  writeSparse(path, addRemains(storedShapes('sd15')).set(ids, [1, 77]));
  const model = openPipeline(path);
  assert.deepEqual(configsOf(model.raw), configsOf(publishedModel('sd15').raw));
  assert.equal(model.raw.scheduler!.prediction_type, 'epsilon');
  const source = model.open('unet');
  assert.equal(source.names().length, 686);
  source.close();
});

test('the configs of a 2.1 file are inferred, once something says what it predicts', () => {
  const path = join(root, 'v2-1.safetensors');
  writeSparse(path, addRemains(addLastLayer(storedShapes('sd21'))));
  assert.throws(() => openPipeline(path), { code: 'MODEL_CONFIG', message: /predicts noise or velocity/ });
  assert.equal(openPipeline(path, { predictionType: 'epsilon' }).raw.unet!.sample_size, 64);
  writeFileSync(join(root, 'v2-1.yaml'), 'model:\n  params:\n    parameterization: "v"\n');
  const model = openPipeline(path);
  const [got, want] = [configsOf(model.raw), configsOf(publishedModel('sd21').raw)];
  for (const [field, value] of Object.entries(got.unet))
    assert.deepEqual(value, want.unet[field as keyof typeof want.unet], field);
  // The projection is no part of the encoder that Stable Diffusion uses.
  assert.deepEqual([got.vae, { ...got.text, projection_dim: 512 }], [want.vae, want.text]);
  assert.equal(model.raw.scheduler!.prediction_type, 'v_prediction');
  const source = model.open('text_encoder');
  assert.deepEqual(source.shape('text_model.encoder.layers.22.self_attn.v_proj.weight'), [1024, 1024]);
  assert.equal(source.names().length, 372);
  source.close();
});

test('a file that is another thing, or more than a model, is refused', () => {
  const refused = (name: string, shapes: Shapes, expected: object) => {
    writeSparse(join(root, name), shapes);
    assert.throws(() => openPipeline(join(root, name)), expected);
  };
  const shapes = storedShapes('sd15');
  const xl = new Map([['conditioner.embedders.0.x', [1]]]);
  refused('xl.safetensors', xl, {
    code: 'MODEL_CONFIG',
    message: /expected model\.diffusion_model\.\*/,
    hint: /Stable Diffusion XL checkpoint/,
  });
  const lora = new Map([['lora_unet_mid_block_x.lora_up.weight', [1]]]);
  refused('lora.safetensors', lora, { code: 'MODEL_CONFIG', hint: /collimate convert MODEL --lora/ });
  const control = new Map([...shapes, ['control_model.input_hint_block.0.weight', [1]]]);
  refused('control.safetensors', control, {
    code: 'WEIGHTS',
    message: /got control_model\.input_hint_block\.0\.weight/,
  });
  shapes.delete('model.diffusion_model.output_blocks.7.0.in_layers.0.bias');
  writeSparse(join(root, 'hole.safetensors'), shapes.set('first_stage_model.quant_conv.bias', [9]));
  const model = openPipeline(join(root, 'hole.safetensors'));
  assert.throws(() => model.open('unet'), { message: /missing: up_blocks\.2\.resnets\.1\.norm1\.bias \[1280\]/ });
  assert.throws(() => model.open('vae'), { message: /of another shape: quant_conv\.bias \[8\] is \[9\]/ });
  writeFileSync(join(root, 'v1-5.ckpt'), 'x');
  assert.throws(() => openPipeline(join(root, 'v1-5.ckpt')), { code: 'WEIGHTS', hint: /save_file/ });
});

test('files that are no whole model are told as what they are', () => {
  const refused = (key: string, hint: RegExp, ...more: string[]) => {
    const path = join(root, 'other.safetensors');
    writeSparse(path, new Map([key, ...more].map((name) => [name, [2, 2]])));
    assert.throws(() => openPipeline(path), { code: 'MODEL_CONFIG', hint }, key);
  };
  refused('model.diffusion_model.double_blocks.0.img_attn.qkv.weight', /a FLUX model/);
  refused('control_model.input_blocks.0.0.weight', /a ControlNet/);
  refused('conditioner.embedders.0.model.text_projection', /the refiner/, 'model.diffusion_model.out.0.weight');
  refused('decoder.conv_in.weight', /an autoencoder alone/);
  refused('text_model.encoder.layers.0.mlp.fc1.weight', /a text encoder alone/);
  refused('emb_params', /a learned embedding/);
  refused('joint_blocks.0.x_block.attn.qkv.weight.quant_state.bitsandbytes__nf4', /weights are quantised/);
});
