import assert from 'node:assert/strict';
import { test } from 'node:test';
import { input } from '../../engine/graph/tensor.ts';
import { countParams, declareParams, flatParams, initParams, type Params } from '../../engine/nn/params.ts';
import { compile } from '../../engine/runtime/program.ts';
import { random } from '../../util/random.ts';
import { readJsonObject } from '../config.ts';
import { parseVaeConfig, vaeReduction } from './config.ts';
import { vaeDecode } from './decoder.ts';
import { vaeEncode } from './encoder.ts';

const fixture = readJsonObject('test/fixtures/sd1/sd/vae/config.json');
const deep = parseVaeConfig({
  ...fixture,
  block_out_channels: [4, 8, 8],
  down_block_types: Array(3).fill('DownEncoderBlock2D'),
  up_block_types: Array(3).fill('UpDecoderBlock2D'),
  latent_channels: 2,
});

test('three levels reduce by four, and the log-variance keeps within −30 and 20', async () => {
  const build = (p: Params) => {
    const { mean, logvar } = vaeEncode(p, deep, input('pixels', [1, 3, 8, 12]));
    return { mean, logvar, image: vaeDecode(p, deep, mean) };
  };
  const specs = declareParams(build);
  const program = await compile(build(flatParams(specs, input('params', [countParams(specs)]))));
  const params = initParams(specs, (name) => random(5, name));
  // The last half of quant_conv's bias is the log-variance's.
  const offset = specs.slice(
    0,
    specs.findIndex(({ name }) => name === 'quant_conv.bias'),
  );
  params.set([0, 0, 1000, -1000], countParams(offset));
  const { mean, logvar, image } = await program.run({ params, pixels: random(6).uniforms(288, -1, 1) });
  assert.equal(vaeReduction(deep), 4);
  assert.deepEqual(mean!.type.shape, [1, 2, 2, 3]);
  assert.deepEqual(image!.type.shape, [1, 3, 8, 12]);
  assert.deepEqual([...logvar!.data], [...Array(6).fill(20), ...Array(6).fill(-30)]);
  assert.ok(mean!.data.every((value) => Math.abs(Number(value)) < 10));
  await program.dispose();
});

test('the autoencoder refuses what does not fit its config', () => {
  const encode = (shape: number[]) => () => declareParams((p) => vaeEncode(p, deep, input('x', shape)));
  assert.throws(encode([1, 3, 8, 10]), { code: 'SHAPE', message: /multiples of 4, got float32\[1, 3, 8, 10\]/ });
  const decode = () => declareParams((p) => vaeDecode(p, deep, input('x', [1, 4, 2, 2])));
  assert.throws(decode, { code: 'SHAPE', message: /latents \[B, 2, h, w\]/ });
});

test('parseVaeConfig fills in the published scaling factor and refuses other autoencoders', () => {
  const { scaling_factor: _, ...old } = fixture;
  assert.equal(parseVaeConfig(old).scaling_factor, 0.18215);
  const refused = (change: Record<string, unknown>, message: RegExp) =>
    assert.throws(() => parseVaeConfig({ ...fixture, ...change }), { code: 'MODEL_CONFIG', message });
  assert.equal(parseVaeConfig({ ...fixture, shift_factor: 0.0609, use_quant_conv: false }).shift_factor, 0.0609);
  refused({ mid_block_add_attention: false }, /vae\/config\.json: mid_block_add_attention: expected true/);
  refused({ shift_factor: 'a' }, /shift_factor: expected a number or null/);
  refused({ scaling_factor: 0 }, /scaling_factor: expected a number above 0 and at most 100, got 0/);
  refused({ up_block_types: ['UpDecoderBlock2D'] }, /up_block_types: expected 2 entries/);
  refused({ act_fn: 'relu' }, /act_fn: expected silu or swish, got "relu"/);
});
