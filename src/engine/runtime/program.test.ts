import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { create, toBinary } from '@bufbuild/protobuf';
import { random } from '../../util/random.ts';
import { programArgs } from '../../util/testing.ts';
import { add, cast, constant, matmul, mul, sub, sum } from '../graph/functions.ts';
import { grad } from '../graph/grad.ts';
import { applyAll, input, type Tensor } from '../graph/tensor.ts';
import { ModelProtoSchema, StringStringEntryProtoSchema, TensorProto_DataLocation } from '../onnx/generated/onnx_pb.ts';
import { toModel } from '../onnx/lower-graph.ts';
import { dump } from '../onnx/model.ts';
import type { Outputs } from '../onnx/outputs.ts';
import { openModelFile } from './node/model-file.ts';
import { type CompileOptions, compile as compileWith, type HostData } from './program.ts';
import type { MakerName } from './runtime.ts';
import { deepChain, deepChainFeeds } from './testing/deep-chain.ts';

const f32 = (...values: number[]) => Float32Array.from(values);

test('a network in a file finds its weights in one beside it, and names it where it is missing', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'collimate-onnx-'));
  t.after(() => rmSync(dir, { recursive: true }));
  const model = toModel({ y: matmul(input('x', [1, 2]), constant(f32(1, 2, 3, 4), [2, 2])) });
  const [weights] = model.graph!.initializer;
  writeFileSync(join(dir, 'net.onnx_data'), weights!.rawData);
  weights!.rawData = new Uint8Array();
  weights!.dataLocation = TensorProto_DataLocation.EXTERNAL;
  weights!.externalData = [
    create(StringStringEntryProtoSchema, { key: 'location', value: 'net.onnx_data' }),
    create(StringStringEntryProtoSchema, { key: 'length', value: '16' }),
  ];
  const path = join(dir, 'net.onnx');
  writeFileSync(path, toBinary(ModelProtoSchema, model));
  const network = await openModelFile(path);
  assert.deepEqual(network.files, [path, join(dir, 'net.onnx_data')]);
  const { y } = await network.run({ x: { data: f32(1, -1), shape: [1, 2] } });
  assert.deepEqual(y!.data, f32(-2, -2));
  await network.dispose();
  rmSync(join(dir, 'net.onnx_data'));
  await assert.rejects(openModelFile(path), {
    code: 'WEIGHTS',
    message: /its weights lie in net\.onnx_data beside it/,
  });
});

for (const runtime of ['native', 'node'] satisfies MakerName[])
  suite(`programs through the ${runtime} runtime`, () => {
    const compile = (outputs: Outputs, options: CompileOptions = {}) => compileWith(outputs, { ...options, runtime });

    test('uses of a tensor add up in its gradient', async () => {
      const x = input('x', [2]);
      const once = mul(x, 3);
      const [dx, dOnce] = grad(sum(add(mul(once, once), mul(x, once))), [x, once]); // y² + xy with y = 3x
      const program = await compile({ dx: dx!, dOnce: dOnce! });
      const { dx: got, dOnce: inner } = await program.run({ x: f32(2, -1) });
      assert.deepEqual(got!.data, f32(48, -24)); // 24x;
      assert.deepEqual(inner!.data, f32(14, -7)); // 2y + x
      await program.dispose();
    });

    test('a gradient can be differentiated again', async () => {
      const x = input('x', [3]);
      const [first] = grad(sum(mul(mul(x, x), x)), [x]);
      const [second] = grad(sum(first!), [x]);
      const program = await compile({ second: second! });
      assert.deepEqual((await program.run({ x: f32(1, 2, -3) })).second!.data, f32(6, 12, -18));
      await program.dispose();
    });

    test('float16 goes in and out, and is computed with in float32', async () => {
      const stored = input('stored', [4], 'float16');
      const program = await compile({
        y: cast(mul(cast(stored, 'float32'), 3), 'float16'),
        wide: cast(stored, 'float32'),
      });
      const result = await program.run({ stored: Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x7bff) }); // 1, −2, 2⁻²⁴, 65504
      assert.deepEqual(result.wide!.data, f32(1, -2, 2 ** -24, 65504));
      assert.deepEqual(result.y!.data, Uint16Array.of(0x4200, 0xc600, 0x0003, 0x7c00)); // 3, −6, 3·2⁻²⁴, ∞
      assert.equal(result.y!.type.dtype, 'float16');
      await program.dispose();
    });

    test('the same feeds give the same bits', async () => {
      const product = matmul(input('a', [37, 129]), input('b', [129, 41]));
      const program = await compile({ y: sum(product, [0]) });
      const feeds = { a: random(1, 'a').normals(37 * 129), b: random(1, 'b').normals(129 * 41) };
      assert.deepEqual((await program.run(feeds)).y!.data, (await program.run(feeds)).y!.data);
      await program.dispose();
    });

    test('a result can be fed to another program', async () => {
      const [a, b] = [await compile({ y: mul(input('x', [2]), 2) }), await compile({ z: sub(input('y', [2]), 1) })];
      const { y } = await a.run({ x: f32(1, 2) });
      assert.equal(y!.location, 'cpu');
      assert.deepEqual(await (await b.run({ y: y! })).z!.read(), f32(1, 3));
      await a.dispose();
      await b.dispose();
    });

    suite('inputs are checked before anything runs', () => {
      const outputs = { y: add(input('x', [2, 2]), cast(input('n', [], 'int32'), 'float32')) };
      const n = Int32Array.of(1);
      const mistakes: [Record<string, HostData>, string][] = [
        [{ x: f32(1, 2, 3, 4) }, 'run: input n int32[] is missing'],
        [{ x: f32(1, 2, 3, 4), n, m: n }, 'run: the program has no input m; its inputs are x, n'],
        [{ x: f32(1, 2), n }, 'run: input x expects float32[2, 2], 4 elements in a Float32Array, got 2'],
        [
          { x: f32(1, 2, 3, 4), n: f32(1) },
          'run: input n expects int32[], 1 elements in a Int32Array, got a Float32Array',
        ],
      ];
      for (const [feeds, message] of mistakes)
        test(message, async () => {
          const program = await compile(outputs);
          await assert.rejects(program.run(feeds), { code: 'SHAPE', message });
          await program.dispose();
        });

      test('values of another type are refused', async () => {
        const [a, b] = [await compile({ y: input('x', [4]) }), await compile({ z: input('y', [2, 2]) })];
        const { y } = await a.run({ x: f32(1, 2, 3, 4) });
        await assert.rejects(b.run({ y: y! }), { code: 'SHAPE', message: /expects float32\[2, 2\].*got float32\[4\]/ });
      });
    });

    suite('gradient checkpointing', () => {
      test('gives the same bits', async () => {
        const [plain, again] = await Promise.all(
          [false, true].map((recompute) => compile(deepChain(3, 16, recompute))),
        );
        const feeds = deepChainFeeds(16);
        const [expected, got] = [await plain!.run(feeds), await again!.run(feeds)];
        assert.deepEqual(got.gradient!.data, expected.gradient!.data);
        assert.ok((expected.gradient!.data as Float32Array).some((value) => Math.abs(value) > 1e-3));
      });

      test('needs less than half of the memory on a deep network', () => {
        const growth = (mode: string) => {
          const main = programArgs('./testing/deep-chain', import.meta.url);
          const env = { ...process.env, COLLIMATE_RUNTIME: runtime };
          const args = [...main, mode];
          const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env });
          assert.equal(stderr, '');
          return Number(stdout);
        };
        const [plain, again] = [growth('plain'), growth('recompute')];
        assert.ok(plain > 100, `${plain} MiB`);
        assert.ok(again < plain / 2, `${again} MiB of ${plain}`);
      });
    });

    test('attention without its probabilities is one fused node with the same result', async () => {
      const [q, k, v] = ['q', 'k', 'v'].map((name) => input(name, [2, 2, 8, 512])) as [Tensor, Tensor, Tensor];
      const outputs = applyAll('attention', [q, k, v], { scale: 0.5, masked: false });
      const nodes = (graph: Outputs) => dump(graph).match(/= (MultiHeadAttention|Softmax)/g);
      const [fused, whole] = [{ y: outputs[0]! }, { y: outputs[0]!, p: outputs[1]! }];
      assert.deepEqual([nodes(fused), nodes(whole)], [['= MultiHeadAttention'], ['= Softmax']]);
      const feeds = Object.fromEntries(['q', 'k', 'v'].map((name) => [name, random(1, name).normals(2 * 2 * 8 * 512)]));
      const results: Float32Array[] = [];
      for (const graph of [fused, whole]) {
        const program = await compile(graph);
        results.push((await program.run(feeds)).y!.data as Float32Array);
        await program.dispose();
      }
      results[0]!.forEach((value, i) => void assert.ok(Math.abs(value - results[1]![i]!) < 1e-4, `${i}`));
    });
  });
