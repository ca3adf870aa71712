// The checks on WebGPU, as a program: a fault of a driver ends the process, which must not be the tests' own.
// Prints one line of JSON for each check: its name, and the error where there is one.

import assert from 'node:assert/strict';
import { add, mul } from '../../graph/functions.ts';
import type { OpName } from '../../graph/ops.ts';
import { input } from '../../graph/tensor.ts';
import { compile } from '../program.ts';
import { checkOp } from './check-op.ts';
import { opCases } from './op-cases.ts';
import { trainTiny } from './train-tiny.ts';

/** Compiling shaders on a software GPU is slow: three cases of each operation, or all of them. */
const CASES = process.env.COLLIMATE_TEST_ALL ? undefined : 3;

async function check(name: string, run: () => Promise<void>): Promise<void> {
  const error = await run().then(
    () => undefined,
    (reason: unknown) => String(reason),
  );
  console.log(JSON.stringify({ name, error }));
}

async function keptValuesStayOnTheDevice(): Promise<void> {
  const program = await compile({ next: add(mul(input('x', [3]), 2), 1) }, { provider: 'webgpu', keep: ['next'] });
  const { next: once } = await program.run({ x: Float32Array.of(0, 1, 2) });
  assert.equal(once!.location, 'device');
  const { next: twice } = await program.run({ x: once! });
  await program.dispose();
  assert.deepEqual(await twice!.read(), Float32Array.of(3, 7, 11));
  assert.deepEqual(await once!.read(), Float32Array.of(1, 3, 5));
  const onCpu = await compile({ y: mul(input('x', [3]), 2) });
  await assert.rejects(onCpu.run({ x: twice! }), {
    code: 'PROVIDER',
    message: 'run: input x is on webgpu, the program on cpu',
  });
  twice!.dispose();
}

async function wholeNumbersPass(): Promise<void> {
  const program = await compile({ y: input('x', [2], 'int64') }, { provider: 'webgpu' });
  assert.deepEqual(
    (await program.run({ x: BigInt64Array.of(-3n, 2n ** 31n - 1n) })).y!.data,
    BigInt64Array.of(-3n, 2n ** 31n - 1n),
  );
  await assert.rejects(program.run({ x: BigInt64Array.of(0n, 2n ** 31n) }), { code: 'PROVIDER' });
}

async function trainingAgreesWithCpu(): Promise<void> {
  const [expected, got] = [await trainTiny('cpu', 3), await trainTiny('webgpu', 3)];
  const near = (a: ArrayLike<number>, b: ArrayLike<number>, bound: number) => {
    assert.equal(a.length, b.length);
    for (let i = 0; i < a.length; i++) assert.ok(Math.abs(a[i]! - b[i]!) < bound, `${i}: ${a[i]} and ${b[i]}`);
  };
  near(expected.losses, got.losses, 1e-4);
  near(expected.gradNorms, got.gradNorms, 1e-3);
  near(expected.params, got.params, 1e-3); // Adam's steps of 0.01 hide the size of small gradients, not their sign
  near(expected.ema, got.ema, 1e-3);
  assert.ok(expected.losses[2]! < expected.losses[0]!);
}

async function runs(): Promise<void> {
  const program = await compile({ y: mul(input('x', [2]), 2) }, { provider: 'webgpu' });
  assert.deepEqual((await program.run({ x: Float32Array.of(1, 2) })).y!.data, Float32Array.of(2, 4));
}

async function checkAll(): Promise<void> {
  await check('kept values stay on the device, are fed again and read back', keptValuesStayOnTheDevice);
  await check('int64 values pass as 32 bits', wholeNumbersPass);
  await check('three training steps agree with the CPU', trainingAgreesWithCpu);
  for (const [op, cases] of Object.entries(opCases))
    for (const one of cases.slice(0, CASES))
      await check(`${op}: ${one.title}`, () => checkOp(op as OpName, one, 'webgpu'));
}

await check('a program runs', runs);
if (process.argv[2] !== 'probe') await checkAll();
