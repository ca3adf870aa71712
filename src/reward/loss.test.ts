import assert from 'node:assert/strict';
import { test } from 'node:test';
import { input } from '../graph/tensor.ts';
import { declareParams } from '../nn/params.ts';
import { compile } from '../runtime/program.ts';
import { rewardHead } from './head.ts';
import { rewardLoss } from './loss.ts';

const [rewards, labels] = [input('rewards', [2, 3]), input('labels', [2])];

async function lossOf(values: readonly number[], good: readonly number[]): Promise<Record<string, number>> {
  const program = await compile({ ...rewardLoss(rewards, labels, { lambda: 0.5, temperature: 2 }) });
  const results = await program.run({ rewards: Float32Array.from(values), labels: Float32Array.from(good) });
  await program.dispose();
  return Object.fromEntries(Object.entries(results).map(([name, { data }]) => [name, Number(data[0])]));
}

test('only good images pick their prompt, all images regress', async () => {
  const { loss, mse, promptClassification } = await lossOf([1, 0, 0, 3, 9, 9], [1, 0]);
  const expected = Math.log(Math.exp(0.5) + 2) - 0.5;
  assert.ok(Math.abs(promptClassification! - expected) < 1e-6);
  assert.equal(mse, 4.5);
  assert.ok(Math.abs(loss! - (4.5 + 0.5 * expected)) < 1e-6);
});

test('a batch without a good image has no prompt classification', async () => {
  assert.equal((await lossOf([1, 0, 0, 3, 9, 9], [0, 0])).promptClassification, 0);
});

test('rewardHead scores pairs and candidates, and refuses other batches', () => {
  const image = input('image', [2, 5]);
  const shapeOf = (text: number[]) => {
    let shape: readonly number[] = [];
    declareParams((p) => {
      shape = rewardHead(p, image, input('text', text), 8).shape;
    });
    return shape;
  };
  assert.deepEqual(shapeOf([2, 5]), [2]);
  assert.deepEqual(shapeOf([2, 4, 5]), [2, 4]);
  assert.throws(() => shapeOf([3, 5]), { code: 'SHAPE', message: /reward: expected an image \[B, E\]/ });
});
