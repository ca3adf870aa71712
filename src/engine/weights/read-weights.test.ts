import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { hashWeights } from './hash.ts';
import { canonicalKey, isBufferKey } from './keys.ts';
import { openWeights, readParameters, readWeights } from './read-weights.ts';
import type { NamedTensor } from './tensor.ts';
import { writeSafetensors } from './write-safetensors.ts';

const fixtures = fileURLToPath(new URL('../../../test/fixtures', import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'collimate-weights-'));
after(() => rmSync(root, { recursive: true }));

function float(...values: number[]): NamedTensor {
  return { dtype: 'float32', shape: [values.length], data: new Float32Array(values) };
}

function save(path: string, tensors: Record<string, NamedTensor>): void {
  writeSafetensors(join(root, path), new Map(Object.entries(tensors)));
}

test('readParameters gives both spellings of the autoencoder the same names', () => {
  const [old, current] = ['sd1', 'sd2'].map((name) => readParameters(join(fixtures, name, 'sd/vae')));
  assert.deepEqual([...old!.keys()].sort(), [...current!.keys()].sort());
  const stored = readWeights(join(fixtures, 'sd1/sd/vae'));
  const name = 'encoder.mid_block.attentions.0.';
  assert.deepEqual(old!.get(`${name}to_out.0.weight`), stored.get(`${name}proj_attn.weight`));
});

test('canonicalKey leaves every other name alone', () => {
  for (const name of ['down_blocks.0.attentions.1.proj_in.weight', 'text_model.encoder.layers.0.self_attn.k_proj.bias'])
    assert.equal(canonicalKey(name), name);
  assert.equal(canonicalKey('decoder.mid_block.attentions.0.query.bias'), 'decoder.mid_block.attentions.0.to_q.bias');
  assert.equal(canonicalKey('encoder.layers.0.mlp.fc1.bias'), 'text_model.encoder.layers.0.mlp.fc1.bias');
  assert.equal(
    canonicalKey('encoder.down_blocks.0.resnets.0.norm1.bias'),
    'encoder.down_blocks.0.resnets.0.norm1.bias',
  );
  assert.ok(isBufferKey('text_model.embeddings.position_ids'));
  assert.ok(!isBufferKey('text_model.embeddings.position_embedding.weight'));
});

test('readParameters drops stored constants and refuses other integers and doubled names', () => {
  const ids: NamedTensor = { dtype: 'int64', shape: [2], data: new BigInt64Array([0n, 1n]) };
  save('ids/model.safetensors', { w: float(1), 'text_model.embeddings.position_ids': ids });
  assert.deepEqual([...readParameters(join(root, 'ids')).keys()], ['w']);
  save('int/model.safetensors', { w: ids });
  assert.throws(() => readParameters(join(root, 'int')), /w: expected a float tensor, got int64\[2\]/);
  save('two/model.safetensors', { 'attentions.0.key.bias': float(1), 'attentions.0.to_k.bias': float(2) });
  assert.throws(() => readParameters(join(root, 'two')), /attentions\.0\.to_k\.bias once/);
});

test('readWeights narrows float64 and keeps integers', () => {
  const path = join(fixtures, 'sd1/sd-golden.safetensors');
  const weights = readWeights(path);
  assert.deepEqual(weights.get('euler.timesteps')?.data, new Float32Array([999, 832.5, 666, 499.5, 333, 166.5, 0]));
  assert.deepEqual(weights.get('timesteps')?.data, new BigInt64Array([0n, 421n, 999n]));
  assert.deepEqual(weights.get('loss')?.shape, []);
});

test('shards behind an index read as one', () => {
  save('shards/model-00001-of-00002.safetensors', { a: float(1, 2), b: float(3) });
  save('shards/model-00002-of-00002.safetensors', { c: float(4) });
  const [first, second] = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'];
  const index = join(root, 'shards/model.safetensors.index.json');
  writeFileSync(index, JSON.stringify({ metadata: {}, weight_map: { c: second, a: first, b: first } }));
  const source = openWeights(join(root, 'shards'));
  assert.deepEqual([source.names(), source.read('c'), source.shape('a')], [['a', 'b', 'c'], float(4), [2]]);
  source.close();
  assert.deepEqual([...readWeights(index).values()], [float(1, 2), float(3), float(4)]);
  writeFileSync(index, JSON.stringify({ weight_map: { a: second } }));
  assert.throws(() => openWeights(index), /expected a in .*model-00002-of-00002\.safetensors, got no such tensor/);
  writeFileSync(index, JSON.stringify({ weight_map: { a: 'model-00004-of-00004.safetensors' } }));
  assert.throws(() => openWeights(index), /model-00004-of-00004\.safetensors: there is no such file/);
  writeFileSync(index, JSON.stringify({ weight_map: { a: '../shards/model-00001-of-00002.safetensors' } }));
  assert.throws(() => openWeights(index), /expected the file name of a shard for a/);
  save('shards/model-00003-of-00003.safetensors', { a: float(9), d: float(5) });
  const third = 'model-00003-of-00003.safetensors';
  writeFileSync(index, JSON.stringify({ weight_map: { a: first, b: first, c: second, d: third } }));
  assert.throws(() => openWeights(index), /00003-of-00003.* got a, which it puts in .*00001-of-00002/);
  writeFileSync(index, `{"weight_map": {"a": "${first}", "b": "${first}", "a": "${second}"}}`);
  assert.throws(() => openWeights(index), /expected each name once, got "a" twice/);
  writeFileSync(index, '{"weight_map"');
  assert.throws(() => openWeights(index), /expected a JSON index of shards/);
});

test('variants: the plain file first, the only one there is, or the one asked for', () => {
  const name = (variant: string) => `variant/diffusion_pytorch_model${variant}.safetensors`;
  const value = (options?: { variant: string }) => readWeights(join(root, 'variant'), options).get('w')?.data[0];
  save(name('.fp16'), { w: float(16) });
  assert.equal(value(), 16);
  save(name('.bf16'), { w: float(8) });
  assert.throws(() => value(), /expected one set of weights, got the variants bf16, fp16/);
  save(name(''), { w: float(32) });
  assert.deepEqual([value(), value({ variant: 'fp16' })], [32, 16]);
  assert.throws(() => value({ variant: 'ema' }), /as \*\.ema\.safetensors, got/);
});

test('a folder of pickled weights, or of none, is refused with the way on', () => {
  mkdirSync(join(root, 'pickled'));
  assert.throws(() => openWeights(join(root, 'pickled')), /got an empty folder/);
  writeFileSync(join(root, 'pickled/pytorch_model.bin'), 'x');
  assert.throws(() => openWeights(join(root, 'pickled')), { code: 'WEIGHTS', hint: /save_file/ });
  assert.throws(() => openWeights(join(root, 'nowhere')), /there is no such file/);
});

test('hashWeights follows what decides behaviour and nothing else', () => {
  const model = join(root, 'model');
  cpSync(join(fixtures, 'sd1/sd/scheduler'), join(model, 'scheduler'), { recursive: true });
  save('model/unet/diffusion_pytorch_model.safetensors', { w: float(1) });
  const before = hashWeights(model);
  assert.match(before, /^[0-9a-f]{64}$/);
  writeFileSync(join(model, 'README.md'), 'A card.');
  assert.equal(hashWeights(model), before);
  save('model/unet/diffusion_pytorch_model.safetensors', { w: float(2) });
  assert.notEqual(hashWeights(model), before);
  writeFileSync(join(root, 'abc'), 'abc');
  assert.equal(hashWeights(join(root, 'abc')), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  assert.throws(() => hashWeights(join(root, 'nowhere')), { code: 'WEIGHTS' });
});

test("the autoencoder's attention reads alike, stored as matrices or as convolutions of one pixel", () => {
  const weight = (...shape: number[]): NamedTensor => ({
    dtype: 'float32',
    shape,
    data: new Float32Array([1, 2, 3, 4]),
  });
  const name = 'decoder.mid_block.attentions.0.to_q.weight';
  save('conv/model.safetensors', { [name]: weight(2, 2, 1, 1), 'x.proj_in.weight': weight(2, 2, 1, 1) });
  const read = readParameters(join(root, 'conv'));
  assert.deepEqual(read.get(name), weight(2, 2));
  assert.deepEqual(read.get('x.proj_in.weight')?.shape, [2, 2, 1, 1]);
});
