import assert from 'node:assert/strict';
import { test } from 'node:test';
import { grad } from '../../../engine/graph/grad.ts';
import { input } from '../../../engine/graph/tensor.ts';
import { compile } from '../../../engine/runtime/program.ts';
import { negativeAwareLoss } from './nft.ts';

const mean = (list: readonly number[]) => list.reduce((sum, value) => sum + value, 0) / list.length;

test('the loss is that of the pictures that both models predict, as by hand, with the published division', async () => {
  const shape = [3, 2, 1, 1];
  const [mix, klWeight, beta] = [0.5, 0.1, 2];
  const rows = {
    outputs: input('outputs', shape),
    target: input('target', shape),
    old: input('old', [2, 2, 1, 1]),
    anchor: input('anchor', [2, 2, 1, 1]),
    reach: input('reach', [2]),
    weights: input('weights', [3]),
  };
  const { loss, metrics } = negativeAwareLoss(rows, { images: 2, pairs: 1, beta, mix, klWeight });
  const program = await compile({ loss, ...metrics, slope: grad(loss, [rows.outputs])[0]! });
  // Of each picture: what remains of signal, the noisy picture, the clean one, outputs for its noise, and how good it is.
  const pictures = [
    { signal: 0.6, noisy: [0.5, -1], clean: [1, 0.2], now: [0.3, -0.9], old: [0.1, -1.1], base: [0, -1], r: 1 },
    { signal: 0.8, noisy: [1, 0.4], clean: [0.4, 0.5], now: [0.9, 0.2], old: [0.7, 0.1], base: [0.6, 0.3], r: 0.25 },
  ];
  const noiseOf = (signal: number) => Math.sqrt(1 - signal ** 2);
  const targetOf = ({ signal, noisy, clean }: (typeof pictures)[0]) =>
    noisy.map((x, i) => (x - signal * clean[i]!) / noiseOf(signal));
  const flat = (of: (picture: (typeof pictures)[0]) => number[]) => pictures.flatMap(of);
  const pair = { outputs: [0.5, 1], target: [0, 2] };
  const result = await program.run({
    outputs: Float32Array.from([...flat(({ now }) => now), ...pair.outputs]),
    target: Float32Array.from([...flat(targetOf), ...pair.target]),
    old: Float32Array.from(flat(({ old }) => old)),
    anchor: Float32Array.from(flat(({ base }) => base)),
    reach: Float32Array.from(pictures, ({ signal }) => noiseOf(signal) / signal),
    weights: Float32Array.from([...pictures.map(({ r }) => r), 1]),
  });
  await program.dispose();
  const lossOf = ({ signal, noisy, clean }: (typeof pictures)[0], output: readonly number[]) => {
    const predicted = noisy.map((x, i) => (x - noiseOf(signal) * output[i]!) / signal);
    const errors = predicted.map((x, i) => x - clean[i]!);
    return mean(errors.map((e) => e ** 2)) / mean(errors.map(Math.abs));
  };
  const policy = pictures.map((picture) => {
    const { now, old, r } = picture;
    const positive = now.map((v, i) => mix * v + (1 - mix) * old[i]!);
    const negative = now.map((v, i) => (1 + mix) * old[i]! - mix * v);
    return (r * lossOf(picture, positive)) / mix + ((1 - r) * lossOf(picture, negative)) / mix;
  });
  const drift = mean(pictures.map(({ now, base }) => mean(now.map((v, i) => (v - base[i]!) ** 2))));
  const expected = mean(policy) + klWeight * drift;
  assert.ok(
    Math.abs(Number(result.reward_loss!.data[0]) - expected) < 1e-5,
    `${result.reward_loss!.data[0]}, ${expected}`,
  );
  assert.ok(Math.abs(Number(result.loss!.data[0]) - expected - beta * mean([0.25, 1])) < 1e-4);
  assert.ok([...(result.slope!.data as Float32Array)].every(Number.isFinite));
});

test('where every picture is good, and the old model is out of it, it is the paper’s likelihood', async () => {
  const shape = [2, 1, 1, 1];
  const [outputs, target, old] = ['outputs', 'target', 'old'].map((name) => input(name, shape));
  const rows = {
    outputs: outputs!,
    target: target!,
    old: old!,
    reach: input('reach', [2]),
    weights: input('weights', [2]),
  };
  const { loss } = negativeAwareLoss(rows, { images: 2, pairs: 0, beta: 0, mix: 1, klWeight: 0 });
  const program = await compile({ slope: grad(loss, [rows.outputs])[0]! });
  const { slope } = await program.run({
    outputs: Float32Array.of(0.5, 3),
    target: Float32Array.of(0.1, 2),
    old: Float32Array.of(9, -9),
    reach: Float32Array.of(1, 1),
    weights: Float32Array.of(1, 1),
  });
  await program.dispose();
  // 2·e/|e| over the number of rows: the squared error's slope over its size.
  for (const value of slope!.data as Float32Array) assert.ok(Math.abs(value - 1) < 1e-5, `${value}`);
});
