import assert from 'node:assert/strict';
import { test } from 'node:test';
import { add, cast, checkpoint, constant, exp, greater, mul, silu, sin, split, square, sum } from './functions.ts';
import { grad } from './grad.ts';
import type { OpName } from './ops.ts';
import { input, type Tensor, topologicalOrder } from './tensor.ts';

function count(op: OpName, tensors: readonly Tensor[]): number {
  return topologicalOrder(tensors).filter((node) => node.op === op).length;
}

test('a gradient has the shape of what it is taken by, and zeros stand where the loss does not depend', () => {
  const [x, y] = [input('x', [2, 3]), input('y', [4])];
  const [dx, dy] = grad(sum(square(x)), [x, y]);
  assert.deepEqual(dx!.shape, [2, 3]);
  assert.deepEqual(dy!.shape, [4]);
  assert.deepEqual(
    topologicalOrder([dy!]).map(({ op }) => op),
    ['constant', 'expand'],
  );
});

test('no gradient passes whole numbers and comparisons', () => {
  const x = input('x', [3]);
  const counted = cast(cast(x, 'int32'), 'float32');
  const compared = cast(greater(x, 0), 'float32');
  const [dx] = grad(sum(add(counted, compared)), [x]);
  assert.equal(count('input', [dx!]), 0);
});

test('what is not on a path to the wanted tensors is left out of the backward pass', () => {
  const [x, y] = [input('x', [3]), input('y', [3])];
  const [dx] = grad(sum(mul(x, exp(y))), [x]);
  assert.deepEqual(
    topologicalOrder([dx!]).map(({ op }) => op),
    ['constant', 'reshape', 'input', 'exp', 'mul'],
  );
});

test('gradients may be taken by tensors inside the graph', () => {
  const [a, b] = split(input('x', [5]), [2, 3], 0);
  const [da, db] = grad(add(sum(square(a!)), sum(b!)), [a!, b!]);
  assert.deepEqual([da!.shape, db!.shape], [[2], [3]]);
});

test('the loss must be a scalar', () => {
  const x = input('x', [2]);
  assert.throws(() => grad(x, [x]), { code: 'SHAPE', message: 'grad: expected a scalar loss, got float32[2]' });
});

test('recompute repeats what lies between checkpoints, once, and nothing else', () => {
  const x = input('x', [4]);
  const block = (h: Tensor) => checkpoint(sin(silu(sin(h))));
  const loss = sum(square(block(block(x))));
  const [plain, again] = [grad(loss, [x]), grad(loss, [x], { recompute: true })];
  assert.equal(count('sin', [loss]), 4);
  assert.equal(count('sin', [loss, ...plain]), 4);
  assert.equal(count('sin', [loss, ...again]), 8 - 2); // the outer sin of a block is not needed for its own gradient
  assert.equal(count('swish', [loss, ...again]), 2 * count('swish', [loss, ...plain]));
  assert.equal(count('checkpoint', [loss, ...again]), 2);
});

test('recompute keeps constants, inputs and the parts of a parameter vector', () => {
  const parts = split(input('p', [4]), [2, 2], 0);
  const h = mul(mul(parts[0]!, parts[1]!), constant([1, 2], [2]));
  const loss = sum(checkpoint(square(h)));
  const all = [loss, ...grad(loss, parts, { recompute: true })];
  assert.deepEqual([count('split', all), count('input', all)], [1, 1]);
});
