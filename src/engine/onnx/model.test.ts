import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cast, constant, gather, matmul, mul, relu, sign, split, square, sum } from '../graph/functions.ts';
import { grad } from '../graph/grad.ts';
import { apply, input } from '../graph/tensor.ts';
import { toModel } from './lower-graph.ts';
import { dump, toBytes } from './model.ts';
import { inputsOf, type Outputs } from './outputs.ts';

/** A small regression with its gradient. */
function regression(): Outputs {
  const [x, w] = [input('x', [4, 3]), input('w', [3, 2])];
  const loss = sum(square(relu(matmul(x, w, { alpha: 0.5 }))));
  return { loss, dw: grad(loss, [w])[0]! };
}

test('a graph can be read', () => {
  const [x, w] = [input('x', [4, 3]), input('w', [2, 3])];
  const outputs = { y: mul(relu(matmul(x, w, { transB: true, alpha: 0.5 })), 3) };
  assert.equal(
    dump(outputs),
    `inputs x: float32[4, 3], w: float32[2, 3]
FusedMatMul_0 = FusedMatMul(x, w, transA=0, transB=1, alpha=0.5)
Relu_1 = Relu(FusedMatMul_0)
y = Mul(Relu_1, constant_2)
outputs y`,
  );
});

test('what a node makes has the name of its result; what comes from outside or is two results is copied', () => {
  const x = input('x', [2]);
  const y = relu(x);
  const lines = dump({ first: y, second: y, same: x, z: mul(y, y) }).split('\n');
  assert.deepEqual(lines.slice(1, -1), [
    'first = Relu(x)',
    'z = Mul(first, first)',
    'second = Identity(first)',
    'same = Identity(x)',
  ]);
});

test('what is made late uses a result by the name of the result', () => {
  const half = cast(relu(input('x', [2])), 'float16');
  const wide = apply('cast', [half], { to: 'float32', late: true });
  const { graph } = toModel({ half, y: mul(wide, wide) });
  const late = graph!.node.find(
    ({ output }) => output[0] !== 'half' && graph!.node.some((n) => n.opType === 'Mul' && n.input[0] === output[0]),
  );
  assert.deepEqual(late!.input, ['half']);
});

test('the same graph gives the same bytes, another graph others', () => {
  const bytes = Buffer.from(toBytes(regression()));
  assert.ok(bytes.equals(toBytes(regression())));
  assert.ok(!bytes.equals(toBytes({ loss: regression().loss! })));
});

test('nodes come after their inputs and every output has one producer', () => {
  const { graph } = toModel(regression());
  const known = new Set([...graph!.input, ...graph!.initializer].map(({ name }) => name));
  for (const { name, input: inputs, output } of graph!.node) {
    for (const each of inputs) assert.ok(each === '' || known.has(each), `${name} uses ${each}`);
    for (const each of output) assert.ok(!known.has(each), `${each} is made twice`);
    for (const each of output) known.add(each);
  }
});

test('small constants with the same content are stored once', () => {
  const x = input('x', [2]);
  const { graph } = toModel({ y: mul(mul(x, constant([1, 2], [2])), constant([1, 2], [2])) });
  assert.equal(graph!.initializer.length, 1);
});

test('inputs of one name are one input, and must be of one type', () => {
  assert.deepEqual([...inputsOf({ y: mul(input('x', [2]), input('x', [2])) }).keys()], ['x']);
  assert.throws(() => inputsOf({ y: mul(input('x', [2]), input('x', [1])) }), {
    code: 'SHAPE',
    message: 'graph: input x is both float32[2] and float32[1]',
  });
  assert.throws(() => toModel({ x: input('x', [2]) }), { code: 'SHAPE' });
});

test('the dialect of WebGPU has no operation that lacks a kernel there', () => {
  const ids = input('ids', [2], 'int64');
  const table = input('table', [4, 3]);
  const [a] = split(matmul(sign(gather(table, ids)), input('w', [2, 3]), { transB: true, alpha: 2 }), [1, 1], 1);
  const outputs = { y: cast(a!, 'int64') };
  const opsOf = (dialect: 'full' | 'webgpu') => toModel(outputs, dialect).graph!.node.map(({ opType }) => opType);
  assert.deepEqual(opsOf('full'), ['Gather', 'Sign', 'FusedMatMul', 'Split', 'Cast']);
  assert.deepEqual(
    opsOf('webgpu').filter((op) => ['Sign', 'FusedMatMul', 'Split'].includes(op)),
    [],
  );
  const { graph } = toModel(outputs, 'webgpu');
  const types = [...graph!.input, ...graph!.output].map(({ name, type }) => [name, type!.value.value]);
  const elemTypes = types.map(([name, tensor]) => [name, (tensor as { elemType: number }).elemType]);
  assert.deepEqual(Object.fromEntries(elemTypes), { ids: 6, table: 1, w: 1, y: 6 });
});
