import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { random } from '../../util/random.ts';
import { checkpoint, mean, mul, reshape, silu, square, sub } from '../graph/functions.ts';
import type { HalfType } from '../graph/half.ts';
import { input, type Tensor } from '../graph/tensor.ts';
import { DIFFUSERS_ATTENTION, multiHeadAttention } from '../nn/attention.ts';
import { conv2d, groupNorm, layerNorm } from '../nn/layers.ts';
import { declareParams, initParams, type Params } from '../nn/params.ts';
import { ADAMW_DEFAULTS } from '../optim/adamw.ts';
import { CPU_HALF_KERNELS } from '../runtime/half-kernels.ts';
import { createTrainer, type Feeds, type Trainer, type TrainerOptions } from './trainer.ts';

const SHAPE = [4, 3, 8, 8] as const;
const SIZE = 4 * 3 * 64;

/** Convolutions, norms and attention as in the networks that are tuned. */
function network(p: Params, image: Tensor): Tensor {
  const x = checkpoint(conv2d(p.in('in'), image, 16, 3, { padding: 1 }));
  const normal = silu(groupNorm(p.in('norm'), x, 4, 1e-5));
  const tokens = layerNorm(p.in('tokens'), reshape(normal, [4, 64, 16]));
  const attended = multiHeadAttention(p.in('attn'), tokens, tokens, {
    heads: 2,
    names: DIFFUSERS_ATTENTION,
    bias: false,
  });
  return conv2d(p.in('out'), checkpoint(reshape(attended, [4, 16, 8, 8])), 3, 3, { padding: 1 });
}

function settings(type: HalfType | undefined, patch: Partial<TrainerOptions> = {}): TrainerOptions {
  return {
    specs: declareParams((p) => network(p, input('image', SHAPE))),
    batch: { image: { dtype: 'float32', shape: SHAPE }, target: { dtype: 'float32', shape: SHAPE } },
    loss: (p, { image, target }) => ({ loss: mean(square(sub(network(p, image!), target!))) }),
    optimizer: ADAMW_DEFAULTS,
    maxGradNorm: 1,
    ema: false,
    emaDecay: 0,
    recompute: true,
    accumulation: 1,
    schedule: { learningRate: 2e-3, warmupSteps: 0, decay: 'constant', totalSteps: 100 },
    threads: 1,
    half: type && { type, kernels: CPU_HALF_KERNELS[type] },
    ...patch,
  };
}

async function open(t: TestContext, options: TrainerOptions): Promise<Trainer> {
  const trainer = await createTrainer(
    options,
    initParams(options.specs, (name) => random(1, name)),
  );
  t.after(() => trainer.dispose());
  return trainer;
}

function batch(step: number): Feeds {
  const image = random(2, 'image', step).normals(SIZE);
  return { image, target: image.map((value) => 1 + value / 2) };
}

async function train(trainer: Trainer, from: number, to: number): Promise<number[]> {
  const losses: number[] = [];
  for (let step = from; step <= to; step++) losses.push((await trainer.advance([batch(step)])).loss);
  return losses;
}

test('the losses of 50 steps are those of float32 within a hundredth', async (t) => {
  const expected = await train(await open(t, settings(undefined)), 1, 50);
  assert.ok(expected.at(-1)! < 0.5 * expected[0]!, 'it learns');
  for (const type of ['float16', 'bfloat16'] as const) {
    const losses = await train(await open(t, settings(type)), 1, 50);
    losses.forEach((loss, i) => {
      assert.ok(Math.abs(loss / expected[i]! - 1) < 0.01, `${type}, step ${i + 1}: ${loss}, expected ${expected[i]}`);
    });
    assert.ok(
      losses.some((loss, i) => loss !== expected[i]),
      `${type} rounds something`,
    );
  }
});

test('a gradient that overflows halves the scale of the loss, and going on from a file gives the same bytes', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'collimate-half-'));
  t.after(() => rmSync(dir, { recursive: true }));
  // Gradients of a loss this large overflow at the first scales.
  const large = settings('float16', {
    loss: (p, { image, target }) => ({ loss: mul(mean(square(sub(network(p, image!), target!))), 4096) }),
  });
  const straight = await open(t, large);
  const { lossScale } = await straight.advance([batch(1)]);
  assert.ok(lossScale! < 2 ** 16 && lossScale! >= 1, `${lossScale}`);
  await train(straight, 2, 4);
  await straight.save(join(dir, 'straight'));
  const first = await open(t, large);
  await train(first, 1, 2);
  await first.save(join(dir, 'half-way'));
  const second = await open(t, large);
  second.restore(join(dir, 'half-way'));
  await train(second, 3, 4);
  await second.save(join(dir, 'resumed'));
  const [whole, resumed] = ['straight', 'resumed'].map((name) => readFileSync(join(dir, name)));
  assert.deepEqual(resumed, whole);
  assert.match(whole!.toString('latin1'), new RegExp(`lossScale.*scale.*${lossScale}.*steps.*4`));
});
