import assert from 'node:assert/strict';
import { test } from 'node:test';
import { input } from '../graph/tensor.ts';
import { compile } from '../runtime/program.ts';
import { clipByGlobalNorm, clipBySquares } from './clip.ts';

test('on the host as in a graph: short gradients stay, long ones are cut, scaled ones are brought back', async () => {
  const g = Float32Array.of(3, 4);
  for (const [maxNorm, unscale] of [
    [1, 1],
    [10, 1],
    [0, 1],
    [1, 0.5],
    [10, 0.5],
  ] as const) {
    const graph = clipByGlobalNorm(input('g', [2]), maxNorm, input('unscale', []));
    const program = await compile({ ...graph });
    const { norm, scale } = await program.run({ g, unscale: Float32Array.of(unscale) });
    const host = clipBySquares(25, maxNorm, unscale);
    const of = (value: typeof norm) => (value!.data as Float32Array)[0]!;
    assert.ok(
      Math.abs(of(norm) - host.norm) < 1e-6 && Math.abs(of(scale) - host.scale) < 1e-7,
      `${maxNorm} ${unscale}`,
    );
    await program.dispose();
  }
  assert.deepEqual(clipBySquares(25, 10, 0.5), { norm: 2.5, scale: 0.5 });
});
