import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import * as f from './functions.ts';
import { apply, input } from './tensor.ts';
import type { DType, Shape } from './types.ts';

const x = (shape: Shape, dtype: DType = 'float32') => input('x', shape, dtype);

/** What goes wrong, and what the error says. */
const mistakes: [() => unknown, string][] = [
  [() => f.add(x([2, 3]), x([4])), 'add: expected shapes that broadcast together, got [2, 3] and [4]'],
  [() => f.mul(x([2]), x([2], 'int32')), 'mul: expected two tensors of one type, got float32[2] and int32[2]'],
  [() => f.where(x([2]), 1, x([2])), 'where: expected a bool condition, got float32[2]'],
  [() => f.constant([1, 2, 3], [2, 2]), 'constant: expected 4 elements for [2, 2], got 3'],
  [() => f.sum(x([2, 3]), [2]), 'reduceSum: expected an axis between -2 and 1, got 2'],
  [() => f.reshape(x([2, 3]), [4, 2]), 'reshape: expected 6 elements as in float32[2, 3], got [4, 2]'],
  [() => f.transpose(x([2, 3]), [0, 0]), 'transpose: expected an order of 2 axes, got [0, 0]'],
  [() => f.expand(x([2, 3]), [2, 1]), 'expand: expected a shape that float32[2, 3] broadcasts to, got [2, 1]'],
  [() => f.slice(x([2, 3]), 1, 1, 4), 'slice: expected a range within axis 1 of float32[2, 3], got 1..4'],
  [
    () => f.concat([x([2, 3]), x([2, 4])], 0),
    'concat: expected tensors equal but for axis 0, got float32[2, 3], float32[2, 4]',
  ],
  [() => f.split(x([5]), [2, 2], 0), 'split: expected sizes that add up to 5, got 4'],
  [
    () => f.gather(x([4, 2]), x([3])),
    'gather: expected a table [V, D] and whole-number ids, got float32[4, 2] and float32[3]',
  ],
  [
    () => apply('scatterAdd', [x([3], 'int64'), x([2, 4])], { rows: 5 }),
    'scatterAdd: expected a row for each id, got int64[3] and float32[2, 4]',
  ],
  [
    () => f.matmul(x([3]), x([3, 2])),
    'matmul: expected two tensors of rank 2 or more, got float32[3] and float32[3, 2]',
  ],
  [
    () => f.matmul(x([2, 3]), x([2, 4]), { transB: true }),
    'matmul: expected equal inner sizes, got float32[2, 3] and float32[2, 4]ᵀ',
  ],
  [
    () => f.conv2d(x([1, 3, 8, 8]), x([4, 2, 3, 3]), undefined),
    'conv2d: expected image [N, I, H, W] and kernel [O, I, kh, kw] of equal I, got float32[1, 3, 8, 8] and float32[4, 2, 3, 3]',
  ],
  [
    () => f.conv2d(x([1, 3, 2, 8]), x([4, 3, 3, 3]), undefined),
    'conv2d: expected a kernel that fits into the padded image, got float32[1, 3, 2, 8] and float32[4, 3, 3, 3]',
  ],
  [() => f.pad(x([2]), 0, -1, 1), 'pad: expected numbers of zeros from 0, got -1 and 1'],
  [() => f.conv2d(x([1, 3, 8, 8]), x([4, 3, 3, 3]), x([3])), 'conv2d: expected bias [4], got float32[3]'],
  [
    () => f.layerNorm(x([2, 8]), x([8]), x([4]), 1e-5),
    'layerNorm: expected scale and bias [8], got float32[8] and float32[4]',
  ],
  [
    () => f.groupNorm(x([1, 6, 2, 2]), x([6]), x([6]), 4, 1e-5),
    'groupNorm: expected [N, C, H, W] with C a multiple of 4 groups, got float32[1, 6, 2, 2]',
  ],
  [
    () => f.attention(x([1, 2, 4, 3]), x([1, 2, 5, 3]), x([1, 2, 5, 3]), 1),
    'attention: expected q [B, h, d, T], k and v [B, h, d, S], got float32[1, 2, 4, 3], float32[1, 2, 5, 3], float32[1, 2, 5, 3]',
  ],
];

suite('a shape error says who, what was expected and what came', () => {
  for (const [make, message] of mistakes) test(message, () => assert.throws(make, { code: 'SHAPE', message }));
});

test('shapes follow broadcasting, stride and padding', () => {
  assert.deepEqual(f.add(x([4, 1, 3]), x([2, 1])).shape, [4, 2, 3]);
  assert.deepEqual(
    f.conv2d(x([2, 3, 7, 8]), x([5, 3, 3, 3]), undefined, { stride: 2, padding: [0, 1, 1, 0] }).shape,
    [2, 5, 3, 4],
  );
  assert.deepEqual(f.matmul(x([3, 1, 5, 2]), x([4, 5, 6]), { transA: true }).shape, [3, 4, 2, 6]);
  assert.deepEqual(f.mean(x([2, 3, 4]), [-1], true).shape, [2, 3, 1]);
});
