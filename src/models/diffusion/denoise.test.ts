import assert from 'node:assert/strict';
import { test } from 'node:test';
import { random } from '../../util/random.ts';
import { denoise, guide, initialLatents } from './denoise.ts';
import { createSampler } from './samplers.ts';
import { createSchedule } from './schedule.ts';

const schedule = createSchedule({ beta_schedule: 'scaled_linear', beta_start: 0.00085, beta_end: 0.012 });

test('guide moves from the unconditional prediction through the conditional one', () => {
  const [uncond, cond] = [new Float32Array([1, 2]), new Float32Array([2, 0])];
  assert.deepEqual([...guide(uncond, cond, 1)], [2, 0]);
  assert.deepEqual([...guide(uncond, cond, 7.5)], [8.5, -13]);
});

test('initialLatents does not depend on what an image is drawn beside', () => {
  const stream = (seed: number) => random(seed, 'latents');
  const batch = initialLatents([stream(1), stream(2)], 5, 2);
  assert.deepEqual(batch.slice(5), initialLatents([stream(2)], 5, 2));
  assert.deepEqual(
    batch.slice(0, 5),
    stream(1)
      .normals(5)
      .map((value) => value * 2),
  );
});

test('denoise asks at every timestep, guides, and reports each step', async () => {
  const sampler = createSampler('ddim', schedule, 3);
  const init = new Float32Array([1, -1]);
  const asked: number[] = [];
  const reported: number[] = [];
  const final = await denoise({
    sampler,
    init,
    guidanceScale: 3,
    predict: async (latents, timestep) => {
      asked.push(timestep);
      return { conditional: latents.map((x) => x / 2), unconditional: latents.map((x) => x / 4) };
    },
    onStep: ({ step, steps }) => reported.push(step / steps),
  });
  let expected: Float32Array = init;
  for (const i of sampler.timesteps.keys())
    expected = sampler.step(
      guide(
        expected.map((x) => x / 4),
        expected.map((x) => x / 2),
        3,
      ),
      i,
      expected,
    );
  assert.deepEqual(asked, [667, 334, 1]);
  assert.deepEqual(reported, [1 / 3, 2 / 3, 1]);
  assert.deepEqual(final, expected);
});

test('denoise gives Euler’s network the sample in its own scale', async () => {
  const sampler = createSampler('euler', schedule, 2);
  const seen: number[] = [];
  const predict = (latents: Float32Array) => {
    seen.push(latents[0]!);
    return { conditional: new Float32Array(1) };
  };
  await denoise({ sampler, init: new Float32Array([sampler.initNoiseScale]), predict, guidanceScale: 1 });
  assert.ok(Math.abs(seen[0]! - Math.sqrt(1 - schedule.alphasCumprod[999]!)) < 1e-6);
});

test('denoise stops at a number that is none, and where guidance has nothing to go by', async () => {
  const sampler = createSampler('ddim', schedule, 2);
  const options = { sampler, init: new Float32Array(2) };
  const broken = () => ({ conditional: new Float32Array([0, Number.NaN]) });
  await assert.rejects(denoise({ ...options, predict: broken, guidanceScale: 1 }), {
    code: 'NON_FINITE',
    message: /latent 1 became NaN at timestep 501/,
  });
  await assert.rejects(denoise({ ...options, predict: broken, guidanceScale: 2 }), { code: 'USAGE' });
});
