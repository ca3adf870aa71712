import assert from 'node:assert/strict';
import { test } from 'node:test';
import { grad } from '../../../engine/graph/grad.ts';
import { input } from '../../../engine/graph/tensor.ts';
import { compile } from '../../../engine/runtime/program.ts';
import { policyLoss } from './loss.ts';

const vector = (name: string) => input(name, [4]);

test('the clipped ratio counts as by hand, and pulls likelihood towards what did better', async () => {
  const rows = {
    errors: vector('errors'),
    kappa: vector('kappa'),
    before: vector('before'),
    advantages: vector('advantages'),
  };
  const { loss } = policyLoss(rows, { clipRange: 0.1, klWeight: 0 });
  const program = await compile({ loss, slope: grad(loss, [rows.errors])[0]! });
  // Ratios: 1, exp(0.5 − 2·0.2) = 1.10517, exp(1 − 0.5·1.9) = 1.05127, exp(0.3 − 1·0.6) = 0.74082.
  const result = await program.run({
    errors: Float32Array.of(0.5, 0.2, 1.9, 0.6),
    kappa: Float32Array.of(1, 2, 0.5, 1),
    before: Float32Array.of(0.5, 0.5, 1, 0.3),
    advantages: Float32Array.of(1, 2, -1, -3),
  });
  await program.dispose();
  // −1·1, −2·1.1 (clipped), +1.05127, and −A·ρ = 2.22245 against 3·0.9 = 2.7, the larger.
  const expected = (-1 - 2.2 + 1.05127 + 2.7) / 4;
  assert.ok(Math.abs(Number(result.loss!.data[0]) - expected) < 1e-5);
  const slope = [...(result.slope!.data as Float32Array)];
  // d/de of −A·exp(b − κe) is A·κ·ρ: less error where the picture did better; nothing beyond the clip.
  const hand = [1, 0, -1 * 0.5 * 1.05127, 0].map((value) => value / 4);
  for (const [i, value] of hand.entries())
    assert.ok(Math.abs(slope[i]! - value) < 1e-5, `${slope[i]} against ${value}`);
});

test('drift from the base costs κ times its square', async () => {
  const rows = {
    errors: vector('errors'),
    kappa: vector('kappa'),
    before: vector('before'),
    advantages: vector('advantages'),
    drift: vector('drift'),
  };
  const { loss, metrics } = policyLoss(rows, { clipRange: 0.1, klWeight: 2 });
  const program = await compile({ loss, ...metrics });
  const result = await program.run({
    errors: Float32Array.of(1, 1, 1, 1),
    kappa: Float32Array.of(1, 2, 3, 4),
    before: Float32Array.of(1, 2, 3, 4),
    advantages: new Float32Array(4),
    drift: Float32Array.of(0, 1, 0.5, 0.25),
  });
  await program.dispose();
  assert.ok(Math.abs(Number(result.kl!.data[0]) - (2 + 1.5 + 1) / 4) < 1e-6);
  assert.ok(Math.abs(Number(result.loss!.data[0]) - 2 * 1.125) < 1e-6);
});
