import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { random } from '../../util/random.ts';
import { mean, mul, square, sub, tanh } from '../graph/functions.ts';
import { input } from '../graph/tensor.ts';
import { linear } from '../nn/layers.ts';
import { declareParams, initParams, type Params } from '../nn/params.ts';
import { ADAMW_DEFAULTS } from '../optim/adamw.ts';
import { PIECE } from './host-state.ts';
import { runTraining } from './loop.ts';
import { createTrainer, type Feeds, type Trainer, type TrainerOptions } from './trainer.ts';

const ROWS = 4;

function network(p: Params, x: ReturnType<typeof input>) {
  return linear(p.in('second'), linear(p.in('first'), x, 5), 1);
}

function options(rows: number, patch: Partial<TrainerOptions> = {}): TrainerOptions {
  return {
    specs: declareParams((p) => network(p, input('x', [rows, 3]))),
    batch: { x: { dtype: 'float32', shape: [rows, 3] }, y: { dtype: 'float32', shape: [rows, 1] } },
    loss: (p, { x, y }) => ({ loss: mean(square(sub(network(p, x!), y!))) }),
    optimizer: ADAMW_DEFAULTS,
    maxGradNorm: 1,
    ema: true,
    emaDecay: 0.9,
    recompute: false,
    accumulation: 1,
    schedule: { learningRate: 0.01, warmupSteps: 2, decay: 'constant', totalSteps: 6 },
    threads: 1,
    ...patch,
  };
}

function batch(t: number, rows = ROWS): Feeds {
  const stream = random(3, 'batch', t);
  return { x: stream.normals(rows * 3), y: stream.normals(rows) };
}

async function open(t: TestContext, settings: TrainerOptions): Promise<Trainer> {
  const trainer = await createTrainer(
    settings,
    initParams(settings.specs, (name) => random(1, name)),
  );
  t.after(() => trainer.dispose());
  return trainer;
}

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'trainer-'));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

test('saving and resuming gives the bytes of a straight run', async (t) => {
  const dir = folder(t);
  const run = async (trainer: Trainer, totalSteps: number, file: string) =>
    runTraining({ trainer, totalSteps, batches: (step) => [batch(step)], statePath: join(dir, file), saveEvery: 0 });
  await run(await open(t, options(ROWS)), 6, 'straight');
  await run(await open(t, options(ROWS)), 3, 'resumed');
  await run(await open(t, options(ROWS)), 6, 'resumed');
  assert.deepEqual(readFileSync(join(dir, 'resumed')), readFileSync(join(dir, 'straight')));
});

test('both runtimes give the same bytes, with and without checkpointing, and with several batches', async (t) => {
  const dir = folder(t);
  const settings: Partial<TrainerOptions>[] = [{}, { recompute: true, maxGradNorm: 0 }, { accumulation: 3 }];
  for (const patch of settings) {
    const files: Buffer[] = [];
    for (const runtime of ['native', 'node'] as const) {
      const trainer = await open(t, options(ROWS, { ...patch, runtime }));
      for (let step = 1; step <= 3; step++)
        await trainer.advance(Array.from({ length: patch.accumulation ?? 1 }, (_, i) => batch(step * 10 + i)));
      await trainer.save(join(dir, 'state'));
      files.push(readFileSync(join(dir, 'state')));
    }
    assert.deepEqual(files[0], files[1]);
  }
});

test('a state of more than one piece is updated whole', async (t) => {
  const width = 1100; // 1100² and 2200 more parameters: a whole piece and a part of one
  const build = (p: Params, x: ReturnType<typeof input>) => linear(p.in('wide'), x, width);
  const settings = options(ROWS, {
    specs: declareParams((p) => build(p, input('x', [ROWS, width]))),
    batch: { x: { dtype: 'float32', shape: [ROWS, width] } },
    loss: (p, { x }) => ({ loss: mean(build(p, x!)) }), // its gradient is a mean of x: nowhere near 0
    schedule: { learningRate: 0.1, warmupSteps: 0, decay: 'constant', totalSteps: 1 },
    maxGradNorm: 0,
  });
  const trainer = await open(t, settings);
  const before = await trainer.read('params');
  assert.ok(before.length > PIECE && before.length < 2 * PIECE);
  await trainer.advance([{ x: random(1, 'x').uniforms(ROWS * width, 1, 2) }]);
  const after = await trainer.read('params');
  const still = after.findIndex((value, i) => Math.abs(value - before[i]!) < 0.05);
  assert.equal(still, -1, `parameter ${still} did not move`);
});

test('a signal ends a step that is under way, the state before it is saved, and going on gives the same bytes', async (t) => {
  const dir = folder(t);
  const stop = new AbortController();
  const size = 256;
  const settings = options(size, {
    specs: declareParams((p) => linear(p, input('x', [size, size]), size)),
    batch: { x: { dtype: 'float32', shape: [size, size] }, rounds: { dtype: 'float32', shape: [] } },
    loss: (p, { x, rounds }) => {
      let layers = x!;
      for (let i = 0; i < 40; i++) layers = tanh(linear(p, layers, size));
      return { loss: mul(mean(square(layers)), rounds!) };
    },
  });
  const feeds = { x: random(1, 'x').normals(size * size), rounds: Float32Array.of(1) };
  const statePath = join(dir, 'state');
  const loop = { totalSteps: 1000, batches: () => [feeds], statePath, saveEvery: 0, signal: stop.signal };
  const trainer = await open(t, { ...settings, runtime: 'native' });
  let asked = 0;
  const onStep = () =>
    void setTimeout(() => {
      asked = performance.now();
      stop.abort();
    }, 30);
  await assert.rejects(runTraining({ ...loop, trainer, onStep }), { code: 'INTERRUPTED' });
  const seconds = (performance.now() - asked) / 1000;
  assert.ok(seconds < 5, `heard after ${seconds} s`);
  const { step } = trainer;
  const straight = await open(t, { ...settings, runtime: 'native' });
  for (let i = 0; i < step; i++) await straight.advance([feeds]);
  await straight.save(join(dir, 'straight'));
  assert.deepEqual(readFileSync(statePath), readFileSync(join(dir, 'straight')));
});

test('two accumulated batches are one of twice the size', async (t) => {
  const halves = await open(t, options(ROWS, { accumulation: 2 }));
  const whole = await open(t, options(2 * ROWS));
  for (let step = 1; step <= 3; step++) {
    const { x, y } = batch(step, 2 * ROWS) as { x: Float32Array; y: Float32Array };
    const part = (i: number) => ({
      x: x.slice(i * ROWS * 3, (i + 1) * ROWS * 3),
      y: y.slice(i * ROWS, (i + 1) * ROWS),
    });
    const [a, b] = [await halves.advance([part(0), part(1)]), await whole.advance([{ x, y }])];
    assert.ok(Math.abs(a.loss - b.loss) < 1e-6);
    assert.ok(Math.abs(a.gradNorm - b.gradNorm) < 1e-5);
  }
  const [a, b] = [await halves.read('params'), await whole.read('params')];
  a.forEach((value, i) => {
    assert.ok(Math.abs(value - b[i]!) < 1e-6, `parameter ${i}: ${value} and ${b[i]}`);
  });
});

test('a step is AdamW as written in the paper, after clipping', async (t) => {
  const settings = options(ROWS, {
    maxGradNorm: 0.05,
    schedule: { learningRate: 0.1, warmupSteps: 0, decay: 'constant', totalSteps: 1 },
  });
  const trainer = await open(t, settings);
  const before = await trainer.read('params');
  const { gradNorm } = await trainer.advance([batch(1)]);
  assert.ok(gradNorm > 0.05, 'the gradient is long enough to be clipped');
  const after = await trainer.read('params');
  // In the first step m̂/√v̂ is the sign of the gradient: each parameter moves by the learning rate, after its decay.
  after.forEach((value, i) => {
    const moved = Math.abs(value - before[i]! * (1 - 0.1 * 0.01));
    assert.ok(Math.abs(moved - 0.1) < 1e-3 || moved < 1e-6, `parameter ${i} moved by ${moved}`);
  });
});

test('a loss that is no number is refused, and the state stays', async (t) => {
  const trainer = await open(t, options(ROWS));
  await trainer.advance([batch(1)]);
  const before = await trainer.read('params');
  const { x } = batch(2) as { x: Float32Array };
  const broken = { x, y: new Float32Array(ROWS).fill(Number.NaN) };
  const ofBatch = /step 2: the loss is NaN .*; y of the batch are not finite/;
  await assert.rejects(trainer.advance([broken]), { code: 'NON_FINITE', message: ofBatch });
  const large = { x: new Float32Array(x.length).fill(3e38), y: new Float32Array(ROWS) };
  await assert.rejects(trainer.advance([large]), { message: /; all layers are finite, the loss of them is not/ });
  const damaged = await createTrainer(
    options(ROWS),
    before.map(() => Infinity),
  );
  await assert.rejects(damaged.advance([batch(1)]), { message: /; first in layer \S+, whose weights are not finite/ });
  await damaged.dispose();
  assert.equal(trainer.step, 1);
  assert.deepEqual(await trainer.read('params'), before);
});

test('state of another model is refused', async (t) => {
  const path = join(folder(t), 'state');
  await (await open(t, options(ROWS))).save(path);
  const specs = declareParams((p) => linear(p.in('other'), input('x', [ROWS, 3]), 1));
  const other = await open(
    t,
    options(ROWS, { specs, loss: (p, { x, y }) => ({ loss: mean(square(sub(linear(p.in('other'), x!, 1), y!))) }) }),
  );
  assert.throws(() => other.restore(path), { code: 'MISMATCH' });
});

test('an interrupted loop saves and says how to go on', async (t) => {
  const trainer = await open(t, options(ROWS));
  const stop = new AbortController();
  const statePath = join(folder(t), 'state');
  const loop = { trainer, totalSteps: 5, batches: (step: number) => [batch(step)], statePath, saveEvery: 0 };
  const onStep = ({ step }: { step: number }) => step === 2 && stop.abort();
  await assert.rejects(runTraining({ ...loop, onStep: (report) => void onStep(report), signal: stop.signal }), {
    code: 'INTERRUPTED',
    exitCode: 130,
  });
  const again = await open(t, options(ROWS));
  again.restore(statePath);
  assert.equal(again.step, 2);
});
