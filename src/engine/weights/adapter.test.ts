// Adapters of other kinds, merged: test/fixtures/current/adapters.json has tensors, configs and merged weights as PEFT and
// LyCORIS made them, of a linear layer [6, 4] and a convolution [6, 4, 3, 3].

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { addAdapter } from './adapter.ts';
import { mergeSource } from './merged.ts';
import { type LoraBase, readAdapters, readLora } from './read-lora.ts';
import { openSafetensors } from './safetensors.ts';
import type { Float32Tensor } from './tensor.ts';
import { writeSafetensors } from './write-safetensors.ts';

const root = mkdtempSync(join(tmpdir(), 'collimate-adapters-'));
after(() => rmSync(root, { recursive: true }));

type Numbers = Readonly<Record<string, { shape: number[]; data: number[] }>>;
interface Case {
  readonly name: string;
  readonly config?: object;
  readonly tensors: Numbers;
  readonly base: Numbers;
  readonly merged: Numbers;
}
const { cases } = JSON.parse(readFileSync('test/fixtures/current/adapters.json', 'utf8')) as { cases: Case[] };

const BASE: LoraBase<'unet'> = {
  denoiser: 'unet',
  parts: {
    unet: [
      { name: 'lin.weight', shape: [6, 4] },
      { name: 'conv.weight', shape: [6, 4, 3, 3] },
    ],
  },
};

function tensorsOf(numbers: Numbers): Map<string, Float32Tensor> {
  return new Map(
    Object.entries(numbers).map(([name, { shape, data }]) => [
      name,
      { dtype: 'float32', shape, data: Float32Array.from(data) },
    ]),
  );
}

/** The folder of a case, as its maker saves it. */
function save({ config, tensors }: Pick<Case, 'config' | 'tensors'>, folder: string): string {
  const path = join(root, folder);
  mkdirSync(path);
  const file = config ? 'adapter_model.safetensors' : 'pytorch_lora_weights.safetensors';
  writeSafetensors(join(path, file), tensorsOf(tensors));
  if (config) writeFileSync(join(path, 'adapter_config.json'), JSON.stringify(config));
  return path;
}

for (const [i, { name, base, merged, ...files }] of cases.entries())
  test(`${name} merges to the same weights`, () => {
    const { unet } = readAdapters(save(files, `case-${i}`), BASE);
    const weights = tensorsOf(base);
    assert.deepEqual([...unet.keys()].sort(), ['conv', 'lin']);
    for (const [key, expected] of tensorsOf(merged)) {
      const got = addAdapter(key, weights.get(key)!, unet.get(key.replace('.weight', ''))!);
      for (const [at, value] of got.data.entries())
        assert.ok(Math.abs(value - expected.data[at]!) < 1e-5 * (1 + Math.abs(expected.data[at]!)), `${key} ${at}`);
      const none = addAdapter(key, weights.get(key)!, unet.get(key.replace('.weight', ''))!, 0);
      assert.deepEqual(none.data, weights.get(key)!.data);
    }
  });

const named = (name: string) => cases.find((each) => each.name === name)!;

test('an adapter that is no plain LoRA is merged as weights are read, and refused where layers are asked for', () => {
  const loha = named('LyCORIS LoHa');
  const path = save(loha, 'loha');
  assert.throws(() => readLora(path, BASE), {
    code: 'WEIGHTS',
    message: /expected a plain LoRA, got LoHa/,
    hint: /convert its base model with --lora/,
  });
  const weights = join(root, 'base.safetensors');
  writeSafetensors(weights, tensorsOf(loha.base));
  const source = mergeSource(openSafetensors(weights), [{ layers: readAdapters(path, BASE).unet, scale: 1 }]);
  const { data } = source.read('lin.weight');
  assert.ok(Math.abs(Number(data[0]) - loha.merged['lin.weight']!.data[0]!) < 1e-5, String(data[0]));
  source.close();
});

test("Tucker's core makes a plain layer, which other spellings have as well", () => {
  const { unet } = readLora(save(named("LyCORIS LoCon with Tucker's core"), 'tucker'), BASE);
  assert.deepEqual(unet.get('conv')!.down.shape, [2, 4, 3, 3]);
});

test('a fused weight gives its parts their rows, differences and magnitudes alike', () => {
  const { tensors, base, merged } = named('LyCORIS DoRA of outputs');
  const fused: LoraBase<'unet'> = {
    denoiser: 'unet',
    parts: {
      unet: ['a', 'b'].map((name, index) => {
        return { name: `${name}.weight`, shape: [3, 4], original: 'lin.weight', part: { index, of: 2 } };
      }),
    },
  };
  const own = Object.fromEntries(Object.entries(tensors).filter(([key]) => key.startsWith('lora_unet_lin')));
  const { unet } = readAdapters(save({ tensors: own }, 'fused'), fused);
  const weight = tensorsOf(base).get('lin.weight')!;
  for (const [index, name] of ['a', 'b'].entries()) {
    const rows = { ...weight, shape: [3, 4], data: weight.data.slice(12 * index, 12 * index + 12) };
    const { data } = addAdapter(name, rows, unet.get(name)!);
    for (const [at, value] of data.entries())
      assert.ok(Math.abs(value - merged['lin.weight']!.data[12 * index + at]!) < 1e-5, `${name} ${at}: ${value}`);
  }
  const inputs = named('LyCORIS DoRA of inputs').tensors;
  const ofInputs = Object.fromEntries(Object.entries(inputs).filter(([key]) => key.startsWith('lora_unet_lin')));
  assert.throws(
    () => readAdapters(save({ tensors: ofInputs }, 'inputs'), fused),
    /of outputs where several weights are/,
  );
});

test('what is missing or of another size is told', () => {
  const { tensors } = named('LyCORIS LoHa');
  const { 'lora_unet_lin.hada_w2_b': _gone, ...rest } = tensors;
  assert.throws(() => readAdapters(save({ tensors: rest }, 'part'), BASE), /expected hada_w2_b of lin, got none/);
  const other: LoraBase<'unet'> = {
    denoiser: 'unet',
    parts: { unet: [{ name: 'lin.weight', shape: [8, 4] }, BASE.parts.unet[1]!] },
  };
  assert.throws(
    () => readAdapters(save({ tensors }, 'wide'), other),
    /lin: expected a difference for a weight \[8, 4\], got one of \[6, 4\]/,
  );
});
