import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { random } from '../../../util/random.ts';
import { programArgs } from '../../../util/testing.ts';
import { add, mul, reshape, sum } from '../../graph/functions.ts';
import { input } from '../../graph/tensor.ts';
import { compile } from '../program.ts';
import { openEnvironment } from './environment.ts';
import { NativeError, pointerFrom } from './foreign.ts';
import { openLongRun } from './testing/long-run.ts';

const native = { runtime: 'native' } as const;

test('an error of the library is thrown with its words and its code', () => {
  const { api, env } = openEnvironment();
  const { call } = api;
  const options = pointerFrom((out) => call.CreateSessionOptions(out));
  for (let i = 0; i < 100; i++)
    assert.throws(
      () => call.CreateSession(env, '/nowhere/model.onnx', options, [null]),
      (error: NativeError) => error instanceof NativeError && /nowhere/.test(error.message) && error.code === 3, // no such file
    );
  call.ReleaseSessionOptions(options);
});

test('arrays of any size and place go in and come out', async () => {
  for (const size of [0, 1, 3, 4096]) {
    const program = await compile({ y: add(mul(input('x', [size]), 2), 1) }, native);
    const whole = random(1, 'x', size).normals(size + 3);
    const x = whole.subarray(3);
    assert.deepEqual(
      (await program.run({ x })).y!.data,
      x.map((value) => Math.fround(Math.fround(value * 2) + 1)),
    );
    await program.dispose();
  }
});

test('a bound array is updated in place, run after run', async () => {
  const program = await compile(
    { next: add(input('state', [1000]), input('delta', [])), total: sum(input('state', [1000])) },
    native,
  );
  const state = new Float32Array(1000);
  const bound = program.bind({ inputs: { state }, outputs: { next: state } });
  for (let i = 0; i < 5; i++) assert.deepEqual(Object.keys(await bound.run({ delta: Float32Array.of(1) })), ['total']);
  assert.deepEqual(state, new Float32Array(1000).fill(5));
  bound.release();
  await program.dispose();
});

test('timers go on while a program runs, and a signal ends it', async () => {
  const { program, feeds } = await openLongRun(400);
  const controller = new AbortController();
  let ticks = 0;
  const timer = setInterval(() => ++ticks, 5);
  setTimeout(() => controller.abort(), 200);
  const began = performance.now();
  await assert.rejects(program.run(feeds, { signal: controller.signal }), { code: 'INTERRUPTED' });
  const seconds = (performance.now() - began) / 1000;
  clearInterval(timer);
  assert.ok(ticks >= 5, `${ticks} ticks`);
  assert.ok(seconds < 1.2, `stopped after ${seconds} s`);
  await assert.rejects(program.run(feeds, { signal: controller.signal }), { code: 'INTERRUPTED' });
  await program.dispose();
});

test('runs at the same time do not mix, and a session lives until its last', async () => {
  const program = await compile({ y: mul(input('x', [1 << 18]), input('factor', [])) }, native);
  const x = new Float32Array(1 << 18).fill(1);
  const runs = [1, 2, 3, 4, 5, 6].map((factor) => program.run({ x, factor: Float32Array.of(factor) }));
  await program.dispose();
  const results = await Promise.all(runs);
  results.forEach(({ y }, i) => void assert.ok((y!.data as Float32Array).every((value) => value === i + 1)));
});

test('the process ends at once although a run is under way', async () => {
  const main = programArgs('./testing/long-run', import.meta.url);
  const child = spawn(process.execPath, main, { timeout: 120_000 });
  let [asked, errors] = [0, ''];
  // It says so when it ends: starting takes as long as it takes.
  child.stdout.once('data', () => {
    asked = performance.now();
  });
  child.stderr.on('data', (text) => {
    errors += text;
  });
  const [status] = await once(child, 'close');
  assert.deepEqual([status, errors], [7, '']);
  assert.ok(asked > 0 && performance.now() - asked < 10_000, `${performance.now() - asked} ms`);
});

test('a thousand programs are loaded, run and released without growth', async () => {
  const cycle = async (i: number) => {
    const x = input('x', [64, 64]);
    const program = await compile({ y: sum(mul(reshape(x, [-1]), i + 1)) }, { ...native, threads: 1 });
    const { y } = await program.run({ x: new Float32Array(64 * 64).fill(1) });
    assert.equal((y!.data as Float32Array)[0], 4096 * (i + 1));
    await program.dispose();
  };
  for (let i = 0; i < 300; i++) await cycle(i);
  const before = process.memoryUsage.rss();
  for (let i = 0; i < 700; i++) await cycle(i % 100);
  const grown = (process.memoryUsage.rss() - before) / 2 ** 20;
  assert.ok(grown < 40, `${grown} MiB in 700 programs`);
});
