import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readLoraOrigin } from '../engine/weights/lora-origin.ts';
import { openSafetensors } from '../engine/weights/safetensors.ts';
import { writeLora } from '../engine/weights/write-lora.ts';
import { convertLora } from './convert-lora.ts';
import { makeFamilyModel, makeTinyPipeline } from './inference/testing.ts';
import { declareLoraBase } from './lora-base.ts';
import { openPipeline } from './pipeline.ts';

const root = mkdtempSync(join(tmpdir(), 'collimate-lora-metadata-'));
after(() => rmSync(root, { recursive: true }));

const models = {
  sd1: makeTinyPipeline(join(root, 'sd1')).sd,
  sdxl: makeFamilyModel(root, 'sdxl'),
  sd35: makeFamilyModel(root, 'sd35'),
};

function readMetadata(path: string): Readonly<Record<string, string>> {
  const source = openSafetensors(path);
  source.close();
  return source.metadata;
}

/** A LoRA of two layers of a model, as another program would have written it. */
function makeLora(folder: string, ranks: readonly number[], metadata?: Record<string, string>): string {
  const model = openPipeline(folder);
  const { denoiser, parts } = declareLoraBase(model);
  const weights = parts[denoiser]!.filter(({ name, shape }) => name.endsWith('to_q.weight') && shape.length === 2);
  const layers = ranks.map((rank, i) => {
    const { name, shape } = weights[i]!;
    const of = (...size: number[]) => ({
      dtype: 'float32' as const,
      shape: size,
      data: new Float32Array(size[0]! * size[1]!).fill(0.5),
    });
    return [
      name.slice(0, -'.weight'.length),
      { down: of(rank, shape[1]!), up: of(shape[0]!, rank), alpha: 2 },
    ] as const;
  });
  const path = join(root, `in-${ranks.join('-')}.safetensors`);
  writeLora(path, { [denoiser]: new Map(layers) }, 'diffusers', metadata && { metadata });
  return path;
}

// A1111: an XL file begins with `sdxl_` there, one of 2.x has ss_v2 True, any other with metadata is for 1.x; Forge: architecture.
const EXPECTED = {
  sd1: ['stable-diffusion-v1/lora', 'sd_v1', 'False', 'networks.lora', 'diffusers'],
  sdxl: [
    'stable-diffusion-xl-v1-base/lora',
    'sdxl_base_v1-0',
    'False',
    'networks.lora',
    'https://github.com/Stability-AI/generative-models',
  ],
  sd35: [
    'stable-diffusion-v3.5-medium/lora',
    'sd3',
    'False',
    'networks.lora_sd3',
    'https://github.com/Stability-AI/sd3.5',
  ],
};
const FIELDS = [
  'modelspec.architecture',
  'ss_base_model_version',
  'ss_v2',
  'ss_network_module',
  'modelspec.implementation',
];

for (const [name, folder] of Object.entries(models))
  test(`${name}: a LoRA says which model it is for, and its size, in either spelling`, () => {
    const input = makeLora(folder, [2, 2]);
    const [kohya, diffusers] = [join(root, `${name}-k.safetensors`), join(root, `${name}-d.safetensors`)];
    convertLora(input, kohya, { base: folder, spelling: 'kohya' });
    convertLora(kohya, diffusers, { base: folder, spelling: 'diffusers' });
    const told = readMetadata(kohya);
    assert.deepEqual(
      FIELDS.map((field) => told[field]),
      EXPECTED[name as keyof typeof EXPECTED],
    );
    assert.deepEqual([told.ss_network_dim, told.ss_network_alpha], ['2', '2']);
    assert.equal(told['modelspec.title'], `${name}-k`);
    assert.match(told['modelspec.resolution']!, /^\d+x\d+$/);
    const again = readMetadata(diffusers);
    assert.deepEqual({ ...again, 'modelspec.implementation': '' }, { ...told, 'modelspec.implementation': '' });
    assert.equal(again['modelspec.implementation'], 'diffusers');
    assert.ok(readLoraOrigin(kohya)!.told.includes('trained at rank 2, alpha 2'));
  });

test('what a file says of itself goes with it, but for what is of the file', () => {
  const input = makeLora(models.sd1, [1, 3], {
    'modelspec.title': 'Foxes',
    'modelspec.hash_sha256': '0x12',
    sshs_model_hash: '12',
    ss_tag_frequency: '{"1_fox":{"fox":3}}',
    lora_adapter_metadata: '{}',
    other: 'x',
  });
  const output = join(root, 'kept.safetensors');
  convertLora(input, output, { base: models.sd1, spelling: 'kohya' });
  const told = readMetadata(output);
  assert.equal(told['modelspec.title'], 'Foxes');
  assert.equal(told.ss_tag_frequency, '{"1_fox":{"fox":3}}');
  for (const name of ['modelspec.hash_sha256', 'sshs_model_hash', 'lora_adapter_metadata', 'other'])
    assert.equal(told[name], undefined, name);
  assert.deepEqual([told.ss_network_dim, told.ss_network_alpha], ['Dynamic', 'Dynamic']);
});
