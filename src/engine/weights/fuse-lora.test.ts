import assert from 'node:assert/strict';
import { test } from 'node:test';
import { random } from '../../util/random.ts';
import { dropIdle, fuseLayers } from './fuse-lora.ts';
import { addLoraLayer, type LoraLayer } from './lora.ts';
import type { Float32Tensor } from './tensor.ts';

function tensor(name: string, ...shape: [number, number]): Float32Tensor {
  return { dtype: 'float32', shape, data: random(1, name).normals(shape[0] * shape[1]) };
}

const layer = (name: string, rank: number, alpha: number): LoraLayer => ({
  down: tensor(`${name}.A`, rank, 3),
  up: tensor(`${name}.B`, 2, rank),
  alpha,
});
const zeros = (rows: number): Float32Tensor => ({
  dtype: 'float32',
  shape: [rows, 3],
  data: new Float32Array(rows * 3),
});

/** The difference of each part, one below another. */
function expected(parts: readonly (LoraLayer | undefined)[]): number[] {
  return parts.flatMap((part) => (part ? [...addLoraLayer('part', zeros(2), part).data] : [...zeros(2).data]));
}

test('one layer for several weights changes each as its own did, and comes apart again', () => {
  const [q, k, v] = ['q', 'k', 'v'].map((name) => layer(name, 2, 1)) as [LoraLayer, LoraLayer, LoraLayer];
  const other = layer('other', 3, 5);
  for (const parts of [
    [q, k, v],
    [q, undefined, v],
    [undefined, other, undefined],
    [q, other, undefined],
  ]) {
    const fused = fuseLayers(parts);
    const ranks = parts.reduce((sum, part) => sum + (part?.down.shape[0] ?? 0), 0);
    assert.deepEqual(
      [fused.up.shape, fused.down.shape],
      [
        [6, ranks],
        [ranks, 3],
      ],
    );
    const got = addLoraLayer('all', zeros(6), fused).data;
    for (const [i, value] of expected(parts).entries()) assert.ok(Math.abs(value - got[i]!) < 1e-5, `${i}`);
    if (parts.includes(other) && parts.includes(q)) continue;
    const rows = (index: number) => fused.up.data.slice(index * 2 * ranks, (index + 1) * 2 * ranks);
    const apart = ['q', 'k', 'v'].map((name, i): [string, LoraLayer] => [
      name,
      { ...fused, up: { ...fused.up, shape: [2, ranks], data: rows(i) } },
    ]);
    const there = parts.flatMap((part, i): [string, LoraLayer][] => (part ? [['qkv'[i]!, part]] : []));
    assert.deepEqual(dropIdle(apart), there);
  }
});

test('parts that share one A, as in files that adapt them as one, keep one A', () => {
  const q = layer('q', 2, 4);
  const [k, v] = ['k', 'v'].map((name) => ({ ...q, up: tensor(`${name}.B`, 2, 2) })) as [LoraLayer, LoraLayer];
  const fused = fuseLayers([q, k, v]);
  assert.deepEqual(fused.down, q.down);
  assert.deepEqual([fused.up.shape, fused.alpha], [[6, 2], 4]);
  assert.deepEqual(
    [...fused.up.data],
    [q, k, v].flatMap(({ up }) => [...up.data]),
  );
});

test('layers that have learned nothing yet stay as they are', () => {
  const fresh = ['q', 'k'].map((name): [string, LoraLayer] => {
    const { up, ...rest } = layer(name, 2, 2);
    return [name, { ...rest, up: { ...up, data: new Float32Array(4) } }];
  });
  assert.deepEqual(dropIdle(fresh), fresh);
});
