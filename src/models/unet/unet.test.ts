import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mean, square } from '../../engine/graph/functions.ts';
import { grad } from '../../engine/graph/grad.ts';
import { input, topologicalOrder } from '../../engine/graph/tensor.ts';
import { countParams, declareParams, flatParams, initParams, type Params } from '../../engine/nn/params.ts';
import { compile } from '../../engine/runtime/program.ts';
import { random } from '../../util/random.ts';
import { readJsonObject } from '../config.ts';
import { parseUnetConfig } from './config.ts';
import { sinusoids } from './time-embedding.ts';
import { unet } from './unet.ts';

const fixture = readJsonObject('test/fixtures/sd2/sd/unet/config.json');
const config = parseUnetConfig(fixture);

test('sinusoids has the cosines first where flip_sin_to_cos is set', async () => {
  const t = input('t', [2]);
  const flipped = sinusoids(config, t, 4);
  const plain = sinusoids({ ...config, flip_sin_to_cos: false }, t, 4);
  const program = await compile({ flipped, plain });
  const { data } = (await program.run({ t: Float32Array.of(0, 500) })).flipped!;
  const expected = [1, 1, 0, 0, Math.cos(500), Math.cos(5), Math.sin(500), Math.sin(5)];
  expected.forEach((value, i) => {
    assert.ok(Math.abs(Number(data[i]) - value) < 1e-4, `${i}: ${data[i]}`);
  });
  const sines = (await program.run({ t: Float32Array.of(0, 500) })).plain!.data;
  assert.deepEqual([...sines.slice(4)], [data[6], data[7], data[4], data[5]]);
  await program.dispose();
});

test('gradient checkpointing changes no gradient', async () => {
  const build = (p: Params, gradientCheckpointing: boolean) => {
    const [latents, context] = [input('latents', [2, 4, 4, 4]), input('context', [2, 3, 32])];
    return mean(square(unet(p, config, latents, input('t', [2]), context, { gradientCheckpointing })));
  };
  const specs = declareParams((p) => build(p, false));
  const feeds = {
    params: initParams(specs, (name) => random(1, name)),
    latents: random(2).normals(128),
    context: random(3).normals(192),
    t: Float32Array.of(10, 900),
  };
  const gradients = [];
  for (const recompute of [false, true]) {
    const flat = input('params', [countParams(specs)]);
    const [gradient] = grad(build(flatParams(specs, flat), recompute), [flat], { recompute });
    const program = await compile({ gradient: gradient! });
    gradients.push((await program.run(feeds)).gradient!.data as Float32Array);
    await program.dispose();
  }
  const [kept, again] = gradients as [Float32Array, Float32Array];
  assert.ok(kept.some((value) => Math.abs(value) > 1e-3));
  const worst = kept.reduce((most, value, i) => Math.max(most, Math.abs(value - again[i]!)), 0);
  assert.ok(worst < 1e-6, `${worst}`);
});

test('each residual block and transformer ends in a checkpoint', () => {
  const y = declareOutput(true);
  const count = topologicalOrder([y]).filter(({ op }) => op === 'checkpoint').length;
  // Down: 1 resnet + 1 transformer, a downsampler, 1 resnet; middle: 3; up: 2, an upsampler, 2 × 2.
  assert.equal(count, 4 + 3 + 2 + 1 + 4);
  assert.ok(topologicalOrder([declareOutput(false)]).every(({ op }) => op !== 'checkpoint'));
});

function declareOutput(gradientCheckpointing: boolean) {
  let y = input('none', []);
  declareParams((p) => {
    const inputs = [input('latents', [1, 4, 8, 8]), input('t', [1]), input('context', [1, 3, 32])] as const;
    y = unet(p, config, ...inputs, { gradientCheckpointing });
  });
  return y;
}

test('unet refuses inputs that do not fit its config', () => {
  const call = (latents: number[], context: number[]) => () =>
    declareParams((p) => unet(p, config, input('latents', latents), input('t', [1]), input('context', context)));
  assert.throws(call([1, 4, 7, 8], [1, 3, 32]), {
    code: 'SHAPE',
    message: /multiples of 2, got float32\[1, 4, 7, 8\]/,
  });
  assert.throws(call([1, 4, 8, 8], [1, 3, 16]), { code: 'SHAPE', message: /context \[B, S, 32\]/ });
});

test('parseUnetConfig names the field, what is allowed and what came', () => {
  const refused = (change: Record<string, unknown>, message: RegExp) =>
    assert.throws(() => parseUnetConfig({ ...fixture, ...change }, 'x/config.json'), { code: 'MODEL_CONFIG', message });
  refused({ norm_num_groups: 0 }, /^x\/config\.json: norm_num_groups: expected a whole number from 1 to 1024, got 0$/);
  refused({ norm_num_groups: 5 }, /block_out_channels\.0: expected a multiple of norm_num_groups = 5, got 16$/);
  refused({ attention_head_dim: [2] }, /attention_head_dim: expected 2 entries, .* got \[2\]$/);
  refused({ attention_head_dim: 5 }, /block_out_channels\.0: expected a multiple of its 5 heads, got 16$/);
  refused({ block_out_channels: [] }, /block_out_channels: expected a list of 1 to 16 entries, got \[\]$/);
  refused(
    { down_block_types: ['AttnDownBlock2D', 'DownBlock2D'] },
    /down_block_types\.0: expected CrossAttnDown.*got "Attn/,
  );
  refused({ class_embed_type: 'timestep' }, /class_embed_type: expected null, the only supported, got "timestep"$/);
  refused({ only_cross_attention: true }, /only_cross_attention: expected false, the only supported, got true$/);
  refused({ cross_attention_dim: [1, 2] }, /cross_attention_dim: expected a whole number .* got \[1,2\]$/);
  refused({ new_feature: 3 }, /new_feature: expected no such field, got 3$/);
  refused({ block_out_channels: undefined }, /block_out_channels: expected a list .* got nothing$/);
});

test('parseUnetConfig takes the fields that newer releases write for Stable Diffusion', () => {
  const newer = { addition_embed_type_num_heads: 64, attention_type: 'default', dropout: 0, upcast_attention: true };
  assert.equal(parseUnetConfig({ ...fixture, ...newer }).cross_attention_dim, 32);
});
