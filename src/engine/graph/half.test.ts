import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dump } from '../onnx/model.ts';
import { add, cast, constant, conv2d, groupNorm, matmul, mean, mul, reshape, square, sub, sum } from './functions.ts';
import { type HalfOptions, inHalf } from './half.ts';
import { liftHalves } from './lift.ts';
import type { OpName } from './ops.ts';
import { input, type Tensor, topologicalOrder } from './tensor.ts';
import { formatType } from './types.ts';

const ALL = new Set<OpName>(['matmul', 'conv2d', 'add', 'mul', 'reshape']);
const options = (kernels: ReadonlySet<OpName>): HalfOptions => ({
  type: 'float16',
  kernels,
  isWeight: (name) => name.startsWith('w'),
});

/** The types that each operation gives, in order. */
function typesOf(y: Tensor): string[] {
  return topologicalOrder([y]).map(({ op, outputs }) => `${op} ${outputs[0]!.dtype}`);
}

test('products are halves, sums and whatever is compared with float32 are not', () => {
  const [x, w] = [input('x', [2, 4]), input('w', [4, 4])];
  const hidden = mul(add(matmul(x, w), input('w.bias', [4])), 2);
  const loss = mean(square(sub(hidden, input('target', [2, 4]))));
  const { outputs, lacking } = inHalf({ loss }, options(ALL));
  assert.deepEqual(
    typesOf(outputs.loss!).filter((line) => !/^(cast|constant|input)/.test(line)),
    ['matmul float16', 'add float16', 'mul float16', 'sub float32', 'mul float32', 'reduceMean float32'],
  );
  assert.equal(lacking.size, 0);
  assert.equal(formatType(outputs.loss!), 'float32[]');
});

test('what lacks a kernel is computed in float32 and waits as a half, which is widened at each use', () => {
  const x = input('x', [1, 4, 8, 8]);
  const hidden = conv2d(x, input('w', [4, 4, 1, 1]), undefined);
  const normal = groupNorm(hidden, input('w.scale', [4]), input('w.shift', [4]), 2, 1e-5);
  const { outputs, lacking } = inHalf({ y: sum(add(hidden, normal)) }, options(new Set()));
  assert.deepEqual(
    [...lacking],
    [
      ['conv2d', 1],
      ['add', 1],
    ],
  );
  const casts = topologicalOrder([outputs.y!]).filter(({ op }) => op === 'cast');
  assert.deepEqual(
    casts.map(({ attrs, inputs }) => `${inputs[0]!.dtype} ${'late' in attrs ? 'late' : ''}`.trim()),
    ['float32', 'float16 late', 'float16 late'], // conv2d's result is used twice; that of the norm goes into the sum as it is
  );
  const nodes = dump(outputs)
    .match(/= \w+/g)!
    .map((text) => text.slice(2));
  assert.deepEqual(nodes.slice(0, 2), ['Cast', 'Cast'], 'late casts stand first');
});

test('weights stay float32 among themselves, and those that are held as halves are taken as they are', () => {
  const frozen = cast(constant(new Uint16Array(4096 * 4), [4096, 4], 'float16'), 'float32');
  const adapted = add(frozen, matmul(input('w.up', [4096, 1]), input('w.down', [1, 4])));
  const x = reshape(input('x', [1, 4096]), [1, 4096]);
  const { outputs } = inHalf({ y: matmul(x, frozen), z: matmul(x, adapted) }, options(ALL));
  const product = topologicalOrder([outputs.y!]).find(({ op }) => op === 'matmul')!;
  assert.equal(product.inputs[1]!.node.op, 'constant');
  const [up] = topologicalOrder([outputs.z!]).filter(({ op }) => op === 'matmul');
  assert.equal(up!.outputs[0]!.dtype, 'float32');
  const { held, outputs: lifted } = liftHalves(outputs);
  assert.deepEqual(
    Object.values(held).map(({ byteLength }) => byteLength),
    [2 * 4096 * 4],
  );
  const constants = topologicalOrder(Object.values(lifted)).filter(({ op }) => op === 'constant');
  assert.equal(constants.length, 0);
});
