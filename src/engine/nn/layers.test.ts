import assert from 'node:assert/strict';
import { test } from 'node:test';
import { random } from '../../util/random.ts';
import { constant, sub, sum, transpose } from '../graph/functions.ts';
import { grad } from '../graph/grad.ts';
import { input } from '../graph/tensor.ts';
import { compile } from '../runtime/program.ts';
import { CLIP_ATTENTION, multiHeadAttention } from './attention.ts';
import { conv2d, embedding, groupNorm, layerNorm, linear } from './layers.ts';
import { mlp } from './mlp.ts';
import { bindParams, declareParams, initParams, withQuantized } from './params.ts';

const inputs = () => bindParams(({ name, shape }) => input(name, shape));
const close = (got: Iterable<number | bigint>, want: readonly number[], within = 1e-5) => {
  const values = [...got].map(Number);
  assert.equal(values.length, want.length);
  values.forEach((value, i) => {
    assert.ok(Math.abs(value - want[i]!) < within, `${i}: ${value}, expected ${want[i]}`);
  });
};

test('linear reads and writes tokens or channels first, all with the same result', async () => {
  const p = inputs();
  const x = input('x', [1, 3, 2]); // [B, T, I]
  const flipped = transpose(x, [0, 2, 1]); // [B, I, T]
  const back = [0, 2, 1];
  const program = await compile({
    tt: linear(p, x, 2),
    tc: transpose(linear(p, x, 2, { to: 'channels' }), back),
    ct: linear(p, flipped, 2, { from: 'channels' }),
    cc: transpose(linear(p, flipped, 2, { from: 'channels', to: 'channels' }), back),
  });
  const feeds = {
    x: Float32Array.of(1, 2, 3, 4, 5, 6),
    weight: Float32Array.of(1, 0, 10, 100),
    bias: Float32Array.of(0.5, -1),
  };
  const results = await program.run(feeds);
  for (const y of Object.values(results)) close(y.data as Float32Array, [1.5, 209, 3.5, 429, 5.5, 649]);
  await program.dispose();
});

test('linear takes a matrix of whole numbers in every layout, with and without a bias', async () => {
  const matrix = constant(Int8Array.of(1, 3, 0, -2, 5, 4), [2, 3], 'int8'); // [I, O]
  const scale = constant([1, 0.5, 2], [3]);
  const p = withQuantized(inputs(), (name) => (name === 'weight' ? { matrix, scale } : undefined));
  const x = input('x', [1, 2, 2]); // [B, T, I]
  const flipped = transpose(x, [0, 2, 1]);
  const back = [0, 2, 1];
  const program = await compile({
    tt: linear(p, x, 3, { bias: false }),
    tc: transpose(linear(p, x, 3, { to: 'channels', bias: false }), back),
    ct: linear(p, flipped, 3, { from: 'channels', bias: false }),
    cc: transpose(linear(p, flipped, 3, { from: 'channels', to: 'channels', bias: false }), back),
    biased: sub(linear(p, x, 3), input('bias', [3])),
  });
  const results = await program.run({ x: Float32Array.of(255, 0, 10, 100), bias: Float32Array.of(7, 8, 9) });
  for (const y of Object.values(results)) close(y.data as Float32Array, [255, 382.5, 0, -190, 265, 800]);
  await program.dispose();
});

test('layers start as PyTorch’s do', () => {
  const specs = declareParams((p) => {
    linear(p.in('linear'), input('x', [1, 4]), 3);
    conv2d(p.in('conv'), input('i', [1, 2, 5, 5]), 3, 3, { bias: false });
    layerNorm(p.in('norm'), input('x', [1, 4]));
    groupNorm(p.in('groups'), input('g', [1, 4, 2, 2]), 2, 1e-5);
    embedding(p.in('table'), input('ids', [3], 'int64'), 7, 2, 0.5);
  });
  assert.deepEqual(
    specs.map(({ name, shape, init }) => [name, shape, init]),
    [
      ['linear.weight', [3, 4], { uniform: 0.5 }],
      ['linear.bias', [3], { uniform: 0.5 }],
      ['conv.weight', [3, 2, 3, 3], { uniform: 1 / Math.sqrt(18) }],
      ['norm.weight', [4], { constant: 1 }],
      ['norm.bias', [4], { constant: 0 }],
      ['groups.weight', [4], { constant: 1 }],
      ['groups.bias', [4], { constant: 0 }],
      ['table.weight', [7, 2], { normal: 0.5 }],
    ],
  );
  const values = initParams(specs, (name) => random(1, name));
  assert.ok(values.slice(0, 15).every((value) => Math.abs(value) <= 0.5 && value !== 0));
});

test('multiHeadAttention agrees with its formula written out, with a mask', async () => {
  const [tokens, channels, heads] = [3, 4, 2];
  const x = input('x', [1, tokens, channels]);
  const options = { heads, names: CLIP_ATTENTION, bias: true, mask: input('mask', [1, 1, tokens, tokens]) };
  const build = (p: Parameters<typeof linear>[0]) => multiHeadAttention(p, x, x, options);
  const specs = declareParams(build);
  const y = build(inputs());
  const feeds: Record<string, Float32Array> = {
    x: random(1).normals(12),
    mask: Float32Array.of(0, -1e9, -1e9, 0, 0, -1e9, 0, 0, 0),
  };
  for (const { name, shape } of specs) feeds[name] = random(2, name).normals(shape.reduce((a, b) => a * b, 1));
  const program = await compile({ y });
  close((await program.run(feeds)).y!.data as Float32Array, attentionByHand(feeds, tokens, channels, heads), 1e-4);
  await program.dispose();
});

/** Causal attention with plain loops. */
function attentionByHand(
  feeds: Record<string, Float32Array>,
  tokens: number,
  channels: number,
  heads: number,
): number[] {
  const project = (name: string, rows: readonly number[][]) =>
    rows.map((row) =>
      Array.from({ length: channels }, (_, o) =>
        row.reduce((sum, v, i) => sum + v * feeds[`${name}.weight`]![o * channels + i]!, feeds[`${name}.bias`]![o]!),
      ),
    );
  const x = Array.from({ length: tokens }, (_, t) => [...feeds.x!.slice(t * channels, (t + 1) * channels)]);
  const [q, k, v] = ['q_proj', 'k_proj', 'v_proj'].map((name) => project(name, x)) as [
    number[][],
    number[][],
    number[][],
  ];
  const width = channels / heads;
  const o = q.map((query, t) =>
    query.map((_, c) => {
      const first = Math.floor(c / width) * width;
      const scores = k.slice(0, t + 1).map((key) => {
        let score = 0;
        for (let i = first; i < first + width; i++) score += query[i]! * key[i]!;
        return Math.exp(score / Math.sqrt(width));
      });
      const total = scores.reduce((a, b) => a + b);
      return scores.reduce((sum, score, s) => sum + (score / total) * v[s]![c]!, 0);
    }),
  );
  return project('out_proj', o).flat();
}

test('mlp has its activation between layers only, and gradients reach the first', async () => {
  const p = inputs();
  const x = input('x', [1, 1]);
  const y = mlp(p, x, [2, 1]);
  const weight = p.get('layers.0.weight', [2, 1], { constant: 0 });
  const program = await compile({ y, gradient: grad(sum(y), [weight])[0]! });
  const results = await program.run({
    x: Float32Array.of(3),
    'layers.0.weight': Float32Array.of(1, -1),
    'layers.0.bias': Float32Array.of(0, 0),
    'layers.1.weight': Float32Array.of(-2, 5),
    'layers.1.bias': Float32Array.of(1),
  });
  close(results.y!.data as Float32Array, [-5]);
  close(results.gradient!.data as Float32Array, [-6, 0]);
  await program.dispose();
});
