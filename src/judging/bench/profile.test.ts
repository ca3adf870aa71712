import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nodesOf, profileUnet } from './profile.ts';

test('a profile says what each kind of work takes of a step, the optimiser apart', async () => {
  const options = { folder: 'test/fixtures/sd1/sd/unet', batch: 1, context: 3, latent: 8, rounds: 1 } as const;
  const { training, denoising } = await profileUnet({
    ...options,
    gradientCheckpointing: false,
    provider: 'cpu',
    threads: 1,
  });
  for (const { parts, ops } of [training, denoising]) {
    const { optimiser, ...others } = parts;
    const sum = (lines: object) => Object.values(lines).reduce((total, { ms }) => total + ms, 0);
    assert.ok(Math.abs(sum(others) - sum(ops)) < 1e-6 * sum(ops), 'each node is in one part');
    assert.ok(others.convolution.nodes > 0 && others.products.nodes > 0);
    assert.equal(optimiser.nodes > 0, parts === training.parts);
    assert.ok(
      Object.values(ops).every(({ nodes }) => Number.isInteger(nodes)),
      'as many in each step',
    );
  }
  assert.ok(training.parts.products.nodes > denoising.parts.products.nodes);
});

test('the first step is left out', () => {
  const node = (ts: number) => ({ cat: 'Node', name: 'a_kernel_time', ts, dur: ts, args: { op_name: 'Add' } });
  const run = (ts: number) => ({ cat: 'Session', name: 'model_run', ts, dur: 5 });
  const events = [1, 2, 3, 4].flatMap((step) => [run(10 * step), node(10 * step + 1)]);
  assert.deepEqual(
    nodesOf(events).map(({ us }) => us),
    [21, 31, 41],
  );
});
