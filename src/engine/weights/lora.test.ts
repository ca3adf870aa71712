import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { random } from '../../util/random.ts';
import { addLoraLayer, type Lora, type LoraLayer, mergeLora } from './lora.ts';
import { parseLoraKey } from './lora-keys.ts';
import { mergeSource } from './merged.ts';
import { type LoraBase, readLora } from './read-lora.ts';
import { readWeights } from './read-weights.ts';
import { openSafetensors } from './safetensors.ts';
import { elementCount, type Float32Tensor, type NamedTensor } from './tensor.ts';
import { writeLora } from './write-lora.ts';
import { writeSafetensors } from './write-safetensors.ts';

const root = mkdtempSync(join(tmpdir(), 'collimate-lora-'));
after(() => rmSync(root, { recursive: true }));

const TO_Q = 'down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q';
const TO_OUT = 'down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_out.0';
const CONV = 'down_blocks.0.resnets.0.conv1';
const PROJ = 'down_blocks.0.attentions.0.proj_in';
const Q_PROJ = 'text_model.encoder.layers.0.self_attn.q_proj';
const base: LoraBase<'unet' | 'text_encoder'> = {
  denoiser: 'unet',
  parts: {
    unet: [
      { name: `${TO_Q}.weight`, shape: [6, 4] },
      { name: `${TO_OUT}.weight`, shape: [6, 6] },
      { name: `${TO_OUT}.bias`, shape: [6] },
      { name: `${CONV}.weight`, shape: [5, 3, 3, 3] },
      { name: `${PROJ}.weight`, shape: [4, 4, 1, 1] },
    ],
    text_encoder: [{ name: `${Q_PROJ}.weight`, shape: [4, 4] }],
  },
};

function tensor(name: string, ...shape: number[]): Float32Tensor {
  return { dtype: 'float32', shape, data: random(1, name).normals(elementCount(shape)) };
}

function layer(name: string, shape: readonly number[], rank: number, alpha: number): LoraLayer {
  return { down: tensor(`${name}.A`, rank, ...shape.slice(1)), up: tensor(`${name}.B`, shape[0]!, rank), alpha };
}

const lora: Lora<'unet' | 'text_encoder'> = {
  unet: new Map([
    [TO_Q, layer(TO_Q, [6, 4], 2, 8)],
    [TO_OUT, layer(TO_OUT, [6, 6], 3, 3)],
    [CONV, layer(CONV, [5, 3, 3, 3], 2, 1)],
    [PROJ, layer(PROJ, [4, 4, 1, 1], 4, 2)],
  ]),
  text_encoder: new Map([[Q_PROJ, layer(Q_PROJ, [4, 4], 1, 0.5)]]),
};

function save(path: string, tensors: Record<string, NamedTensor>, metadata?: Record<string, string>): string {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeSafetensors(join(root, path), new Map(Object.entries(tensors)), metadata && { metadata });
  return join(root, path);
}

function assertRefused(path: string, message: RegExp, hint?: RegExp): void {
  assert.throws(() => readLora(path, base), { code: 'WEIGHTS', message, ...(hint && { hint }) });
}

test('addLoraLayer is W + scale·alpha/rank·B·A, for linear weights and convolutions', () => {
  const weight: Float32Tensor = { dtype: 'float32', shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) };
  const rankOne: LoraLayer = {
    down: { dtype: 'float32', shape: [1, 2], data: Float32Array.of(10, 20) },
    up: { dtype: 'float32', shape: [2, 1], data: Float32Array.of(1, -1) },
    alpha: 2,
  };
  assert.deepEqual([...addLoraLayer('w', weight, rankOne).data], [21, 42, -17, -36]);
  assert.deepEqual([...addLoraLayer('w', weight, rankOne, 0.5).data], [11, 22, -7, -16]);
  assert.throws(() => addLoraLayer('w', { ...weight, shape: [4, 1] }, rankOne), { code: 'WEIGHTS' });

  const conv = tensor('conv', 5, 3, 3, 3);
  const merged = addLoraLayer(CONV, conv, lora.unet.get(CONV)!);
  const { up, down } = lora.unet.get(CONV)!;
  const [o, i] = [4, 13];
  const delta = up.data[o * 2]! * down.data[i]! + up.data[o * 2 + 1]! * down.data[27 + i]!;
  assert.ok(Math.abs(merged.data[o * 27 + i]! - (conv.data[o * 27 + i]! + 0.5 * delta)) < 1e-6);
});

test('mergeLora changes the adapted weights alone and leaves its input as it was', () => {
  const parameters = new Map(base.parts.unet.map(({ name, shape }) => [name, tensor(name, ...shape)]));
  const before = parameters.get(`${TO_Q}.weight`)!.data.slice();
  const merged = mergeLora(parameters, lora.unet);
  assert.deepEqual(parameters.get(`${TO_Q}.weight`)!.data, before);
  assert.notDeepEqual(merged.get(`${TO_Q}.weight`)!.data, before);
  assert.equal(merged.get(`${TO_OUT}.bias`), parameters.get(`${TO_OUT}.bias`));
  assert.deepEqual(mergeLora(parameters, lora.unet, 0), parameters);
  assert.throws(() => mergeLora(new Map(), lora.unet), { message: /expected a weight down_blocks.*to_q\.weight/ });
});

test("kohya's spelling brings everything back", () => {
  const path = join(root, 'kohya.safetensors');
  writeLora(path, lora, 'kohya');
  const flat = 'lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_out_0';
  const stored = readWeights(path);
  assert.deepEqual(stored.get(`${flat}.alpha`), { dtype: 'float32', shape: [], data: Float32Array.of(3) });
  assert.deepEqual(stored.get('lora_unet_down_blocks_0_resnets_0_conv1.lora_up.weight')?.shape, [5, 2, 1, 1]);
  assert.ok(stored.has('lora_te_text_model_encoder_layers_0_self_attn_q_proj.lora_down.weight'));
  assert.deepEqual(readLora(path, base), lora);
});

test("diffusers' spelling has alpha in B, and merges to the same weights", () => {
  const path = join(root, 'pytorch_lora_weights.safetensors');
  writeLora(path, lora, 'diffusers');
  const stored = readWeights(path);
  assert.ok(stored.has(`unet.${TO_Q}.lora.down.weight`));
  assert.ok(stored.has(`text_encoder.${Q_PROJ}.lora_linear_layer.up.weight`));
  const read = readLora(root, base);
  assert.equal(read.unet.get(TO_Q)!.alpha, 2);
  const parameters = new Map(base.parts.unet.map(({ name, shape }) => [name, tensor(name, ...shape)]));
  const [got, want] = [read, lora].map(({ unet }) => mergeLora(parameters, unet));
  for (const [name, { data }] of want!)
    got!.get(name)!.data.forEach((value, i) => {
      assert.ok(Math.abs(value - data[i]!) < 1e-5, name);
    });
});

test('every published spelling of a key is understood', () => {
  const flat = TO_OUT.replaceAll('.', '_');
  const attention = TO_OUT.slice(0, -'.to_out.0'.length);
  const down = { module: flat, spelled: TO_OUT, role: 'down' };
  assert.deepEqual(parseLoraKey(`unet.${TO_OUT}.lora_A.weight`), { ...down, component: 'denoiser' });
  assert.deepEqual(parseLoraKey(`unet.${TO_OUT}.lora.down.weight`), { ...down, component: 'denoiser' });
  assert.deepEqual(parseLoraKey(`unet.${attention}.processor.to_out_lora.down.weight`), {
    ...down,
    component: 'denoiser',
  });
  assert.deepEqual(parseLoraKey(`${attention}.processor.to_out_lora.down.weight`), { ...down, component: undefined });
  assert.deepEqual(parseLoraKey(`base_model.model.${TO_OUT}.lora_B.default.weight`), {
    ...{ ...down, role: 'up' },
    component: undefined,
  });
  assert.equal(
    parseLoraKey('text_encoder.text_model.encoder.layers.0.self_attn.to_q_lora.up.weight')?.module,
    Q_PROJ.replaceAll('.', '_'),
  );
  assert.deepEqual(parseLoraKey(`diffusion_model.${TO_OUT}.lora_down.weight`), { ...down, component: 'denoiser' });
  assert.equal(parseLoraKey(`${TO_OUT}.weight`), undefined);
});

test('a name of the original layout that stands for two weights is taken for neither', () => {
  const key = (part: string) => `lora_unet_input_blocks_1_0_in_layers_2.lora_${part}.weight`;
  const path = save('original.safetensors', { [key('down')]: tensor('d', 2, 4), [key('up')]: tensor('u', 6, 2) });
  const named = (original: readonly string[]): LoraBase<'unet'> => ({
    denoiser: 'unet',
    parts: { unet: original.map((name, i) => ({ name: `block.${i}.weight`, shape: [6, 4], original: name })) },
  });
  const one = named(['input_blocks.1.0.in_layers.2.weight', 'input_blocks.10.in_layers.2.weight']);
  assert.deepEqual([...readLora(path, one).unet.keys()], ['block.0']);
  const two = named(['input_blocks.1.0.in_layers.2.weight', 'input_blocks.1_0.in_layers.2.weight']);
  assert.throws(() => readLora(path, two), { code: 'WEIGHTS', message: /no place for: lora_unet_input_blocks_1_0/ });
});

test("PEFT's alpha comes from adapter_config.json, with its patterns and √rank", () => {
  const { down, up } = lora.unet.get(TO_Q)!;
  const tensors = {
    [`base_model.model.${TO_Q}.lora_A.weight`]: down,
    [`base_model.model.${TO_Q}.lora_B.weight`]: up,
    [`base_model.model.${TO_OUT}.lora_A.weight`]: lora.unet.get(TO_OUT)!.down,
    [`base_model.model.${TO_OUT}.lora_B.weight`]: lora.unet.get(TO_OUT)!.up,
  };
  save('peft/adapter_model.safetensors', tensors);
  assertRefused(join(root, 'peft'), /expected adapter_config\.json beside it/);
  const config = (fields: object) => writeFileSync(join(root, 'peft/adapter_config.json'), JSON.stringify(fields));
  const alpha_pattern = { 'attn1.to_out.0': 5 };
  const config8 = { peft_type: 'LORA', r: 2, lora_alpha: 8, alpha_pattern };
  config(config8);
  assertRefused(join(root, 'peft'), /to_out\.0: expected matrices of rank 2, as its config says, got 3/);
  config({ ...config8, rank_pattern: { 'to_out.0': 3 } });
  const read = readLora(join(root, 'peft'), base).unet;
  assert.deepEqual(read.get(TO_Q), lora.unet.get(TO_Q));
  assert.equal(read.get(TO_OUT)!.alpha, 5);
  config({ lora_alpha: 8, use_rslora: true });
  assert.equal(readLora(join(root, 'peft'), base).unet.get(TO_Q)!.alpha, 8 * Math.SQRT2);
  config({ lora_alpha: 8, use_dora: true });
  assertRefused(join(root, 'peft'), /expected magnitudes of .*to_(q|out\.0) \(use_dora\), got none/);
  config({ r: 2 });
  assertRefused(join(root, 'peft'), /expected a number as lora_alpha, got nothing/);
  writeFileSync(join(root, 'peft/adapter_config.json'), '[');
  assertRefused(join(root, 'peft'), /expected a JSON object about the adapter/);
});

const peftLayer = () => {
  const { down, up } = lora.unet.get(TO_Q)!;
  return { [`base_model.model.${TO_Q}.lora_A.weight`]: down, [`base_model.model.${TO_Q}.lora_B.weight`]: up };
};

test("PEFT's patterns are regular expressions for the end of a name, and the first that fits counts", () => {
  save('patterns/adapter_model.safetensors', peftLayer());
  const alphaFor = (alpha_pattern: object) => {
    writeFileSync(
      join(root, 'patterns/adapter_config.json'),
      JSON.stringify({ lora_alpha: 3, r: 2, rank_pattern: { '.*to_q': 2 }, alpha_pattern }),
    );
    return readLora(join(root, 'patterns'), base).unet.get(TO_Q)!.alpha;
  };
  // As PEFT 0.21's get_pattern_key with the same patterns and name.
  assert.equal(alphaFor({ 'attn.*to_q': 16 }), 16);
  assert.equal(alphaFor({ 'attn..to_q': 16 }), 16);
  assert.equal(alphaFor({ '^down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q': 5 }), 5);
  assert.equal(alphaFor({ '^mid_block.*': 5, 'to_(q|k)': 7, to_q: 9 }), 7);
  assert.equal(alphaFor({ o_q: 5, attn1: 6, 'to_q.': 7 }), 3);
  assert.throws(() => alphaFor({ '(?P<n>to_q)': 5 }), {
    code: 'WEIGHTS',
    message: /alpha_pattern: expected a regular/,
  });
  assert.throws(() => alphaFor({ to_q: '5' }), { message: /alpha_pattern: to_q: expected a number, got "5"/ });
});

test('adapters that mean more than B · A are refused by the field that says so', () => {
  save('kinds/adapter_model.safetensors', peftLayer());
  const config = (fields: object) =>
    writeFileSync(join(root, 'kinds/adapter_config.json'), JSON.stringify({ lora_alpha: 2, ...fields }));
  const refused: readonly (readonly [object, RegExp])[] = [
    [
      { init_lora_weights: 'pissa' },
      /init_lora_weights: "pissa": this way to start takes a part out of the base model/,
    ],
    [{ init_lora_weights: 'pissa_niter_4' }, /init_lora_weights: "pissa_niter_4"/],
    [{ init_lora_weights: 'OLoRA' }, /init_lora_weights: "OLoRA"/],
    [{ lora_bias: true }, /lora_bias: true: its second matrices have biases/],
    [{ bias: 'all' }, /bias: "all": it changes biases/],
    [{ peft_type: 'IA3' }, /peft_type: "IA3": an IA³ adapter/],
    [{ peft_type: 'NEW' }, /peft_type: "NEW": another kind of adapter/],
    [{ modules_to_save: ['conv_in'] }, /modules_to_save: \["conv_in"\]/],
    [{ alora_invocation_tokens: [1, 2] }, /activated LoRA works from a token on/],
    [{ use_something: true }, /use_something: true: what it does is not known here/],
  ];
  for (const [fields, message] of refused) {
    config(fields);
    assertRefused(join(root, 'kinds'), message);
  }
  config({
    init_lora_weights: 'gaussian',
    use_something: false,
    eva_config: { rho: 2 },
    loftq_config: {},
    bias: 'none',
  });
  assert.equal(readLora(join(root, 'kinds'), base).unet.size, 1);
});

test('keys of other kinds of adapters and models are told by their true names', () => {
  const told = (key: string, hint: RegExp) =>
    assertRefused(save('told.safetensors', { [key]: tensor('x', 2, 2) }), /no place for/, hint);
  told(`base_model.model.${TO_Q}.lora_B.bias`.replace('base_model.model.', 'unet.'), /lora_bias/);
  told(`unet.${TO_Q}.ia3_l`, /IA³/);
  told('lora_unet_down_blocks_0_resnets_0_norm1.w_norm', /norms/);
  told('lora_unet_double_blocks_0_img_attn_qkv.lora_down.weight', /FLUX/);
  told('transformer.single_transformer_blocks.0.attn.to_q.lora_A.weight', /FLUX/);
  told('transformer.joint_transformer_blocks.0.attn.to_q.lora_A.weight', /Stable Diffusion 3/);
});

test('a text encoder as transformers 5 names it is the same one', () => {
  const { down, up } = lora.text_encoder.get(Q_PROJ)!;
  const bare = Q_PROJ.slice('text_model.'.length);
  const spelled = (prefix: string) => ({
    [`${prefix}${bare}.lora_A.weight`]: down,
    [`${prefix}${bare}.lora_B.weight`]: up,
  });
  const read = readLora(save('bare.safetensors', spelled('text_encoder.')), base);
  assert.deepEqual(read.text_encoder.get(Q_PROJ), { down, up, alpha: 1 });
  save('bare/adapter_model.safetensors', spelled('base_model.model.'));
  writeFileSync(
    join(root, 'bare/adapter_config.json'),
    JSON.stringify({ lora_alpha: 2, alpha_pattern: { '^encoder.layers.0.*': 4 } }),
  );
  assert.equal(readLora(join(root, 'bare'), base).text_encoder.get(Q_PROJ)!.alpha, 4);
});

test('a LoRA with numbers that are not finite is refused by file and tensor, and so is a sum that overflows', () => {
  const { down, up } = lora.unet.get(TO_Q)!;
  const spoiled = { ...down, data: down.data.slice().fill(Number.NaN, 3, 5) };
  const path = save('nan.safetensors', {
    [`unet.${TO_Q}.lora_A.weight`]: spoiled,
    [`unet.${TO_Q}.lora_B.weight`]: up,
  });
  assertRefused(path, /nan\.safetensors: unet\..*to_q\.lora_A\.weight: .*got 2 of 8 that are not, such as NaN at 3/);
  const huge = { down, up: { ...up, data: up.data.map(() => 3e38) }, alpha: 8 };
  const weights = save('base.safetensors', { [`${TO_Q}.weight`]: tensor('w', 6, 4) });
  const merged = mergeSource(openSafetensors(weights), [{ layers: new Map([[TO_Q, huge]]), scale: 1 }]);
  assert.throws(() => merged.read(`${TO_Q}.weight`), { code: 'WEIGHTS', message: /merging a LoRA: .*Infinity/ });
  merged.close();
});

test("diffusers' own metadata gives alpha", () => {
  const { down, up } = lora.unet.get(TO_Q)!;
  const path = save(
    'meta.safetensors',
    { [`unet.${TO_Q}.lora_A.weight`]: down, [`unet.${TO_Q}.lora_B.weight`]: up },
    { lora_adapter_metadata: JSON.stringify({ 'unet.r': 2, 'unet.lora_alpha': 16 }) },
  );
  assert.equal(readLora(path, base).unet.get(TO_Q)!.alpha, 16);
});

test('a LoRA of another base or kind is refused with what does not fit', () => {
  const key = `unet.${TO_Q}.lora.down.weight`;
  const up = tensor('up', 6, 2);
  const wrong = save('wide.safetensors', { [key]: tensor('d', 2, 9), [key.replace('lora.down', 'lora.up')]: up });
  assertRefused(wrong, /to_q: expected matrices for a weight \[6, 4\], got \[6, 2\] · \[2, 9\]/, /another base model/);
  assertRefused(save('half.safetensors', { [key]: tensor('d', 2, 4) }), /expected both matrices of .*to_q, got one/);
  const deep = key.replace('blocks.0.a', 'blocks.7.a');
  assertRefused(
    save('deep.safetensors', { [deep]: up }),
    /got 1 of 1 keys that it has no place for: unet\.down_blocks\.7/,
  );
  const xl = 'lora_te2_text_model_encoder_layers_0_self_attn_q_proj.lora_down.weight';
  assertRefused(save('xl.safetensors', { [xl]: up }), /lora_te2_/, /Stable Diffusion XL/);
  assertRefused(save('both.safetensors', { [key]: up, [key.replace('lora.down', 'lora_A')]: up }), /expected one down/);
  assertRefused(save('empty.safetensors', {}), /got an empty file/);
  mkdirSync(join(root, 'none'));
  assertRefused(join(root, 'none'), /expected pytorch_lora_weights\.safetensors or adapter_model\.safetensors/);
});

test('alpha is one finite number, whole or not, in the file and in its metadata', () => {
  const key = `unet.${TO_Q}`;
  const { down, up } = lora.unet.get(TO_Q)!;
  const layers = { [`${key}.lora_A.weight`]: down, [`${key}.lora_B.weight`]: up };
  const whole = { dtype: 'int64' as const, shape: [], data: BigInt64Array.of(8n) };
  assert.deepEqual(
    readLora(save('whole.safetensors', { ...layers, [`${key}.alpha`]: whole }), base).unet.get(TO_Q),
    lora.unet.get(TO_Q),
  );
  for (const size of [0, 2])
    assertRefused(
      save('several.safetensors', { ...layers, [`${key}.alpha`]: tensor('alpha', size) }),
      new RegExp(`to_q\\.alpha: expected one number, got \\[${size}\\]`),
    );
  const told = (fields: string) => save('told.safetensors', layers, { lora_adapter_metadata: `{${fields}}` });
  assertRefused(told('"unet.r": 2, "unet.lora_alpha": "x"'), /lora_alpha: expected a number, got "x"/);
  assertRefused(told('"unet.r": 2, "unet.lora_alpha": 1e400'), /lora_alpha: expected a number, got Infinity/);
  assertRefused(told('"unet.r": "2", "unet.lora_alpha": 2'), /: r: expected a number, got "2"/);
});
