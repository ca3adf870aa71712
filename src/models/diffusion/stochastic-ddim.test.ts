import assert from 'node:assert/strict';
import { test } from 'node:test';
import { random } from '../../util/random.ts';
import { createDdim } from './ddim.ts';
import { alphaBarAt } from './sampler.ts';
import { createSchedule } from './schedule.ts';
import { stochasticDdim } from './stochastic-ddim.ts';
import { predictionTarget } from './targets.ts';

for (const prediction_type of ['epsilon', 'v_prediction'] as const)
  test(`without noise it is DDIM (${prediction_type})`, () => {
    const schedule = createSchedule({
      beta_schedule: 'scaled_linear',
      beta_start: 0.00085,
      beta_end: 0.012,
      prediction_type,
    });
    const ddim = createDdim(schedule, 6);
    const [x, output] = [random(1).normals(8), random(2).normals(8)];
    const steps = stochasticDdim(schedule, 6, 0);
    assert.deepEqual(
      steps.map(({ timestep }) => timestep),
      ddim.timesteps,
    );
    for (const [i, { keep, push, sigma }] of steps.entries()) {
      assert.equal(sigma, 0);
      const expected = ddim.step(output, i, x);
      for (const [k, value] of x.entries()) assert.ok(Math.abs(keep * value + push * output[k]! - expected[k]!) < 1e-4);
    }
  });

test('with a network that knows the noise, the variance after each step is that of the next level', () => {
  for (const prediction_type of ['epsilon', 'v_prediction'] as const) {
    const schedule = createSchedule({
      beta_schedule: 'scaled_linear',
      beta_start: 0.00085,
      beta_end: 0.012,
      prediction_type,
    });
    const steps = stochasticDdim(schedule, 5);
    for (const { timestep, keep, push, sigma } of steps) {
      const alphaBar = alphaBarAt(schedule, timestep);
      const next = alphaBarAt(schedule, timestep - 200);
      // A sample of the clean value 1 with noise ε: mean and spread of the step over ε are those of the next level.
      const stepOf = (noise: number) => {
        const x = Math.sqrt(alphaBar) + Math.sqrt(1 - alphaBar) * noise;
        const [output] = predictionTarget(
          schedule,
          Float32Array.of(1),
          Float32Array.of(noise),
          Float32Array.of(timestep),
        );
        return keep * x + push * output!;
      };
      assert.ok(Math.abs(stepOf(0) - Math.sqrt(next)) < 1e-4);
      const spread = (stepOf(1) - stepOf(0)) ** 2 + sigma ** 2;
      assert.ok(Math.abs(spread - (1 - next)) < 1e-4, `${spread} against ${1 - next}`);
    }
  }
});

test('it starts from noise alone with velocities, and refuses by name what is not linear', () => {
  const schedule = createSchedule({
    beta_schedule: 'scaled_linear',
    beta_start: 0.00085,
    beta_end: 0.012,
    rescale_betas_zero_snr: true,
    timestep_spacing: 'trailing',
    prediction_type: 'v_prediction',
  });
  const steps = stochasticDdim(schedule, 5);
  assert.equal(steps[0]!.timestep, 999);
  for (const numbers of steps) assert.ok(Object.values(numbers).every(Number.isFinite), JSON.stringify(numbers));
  // Of a sample that is noise alone, nothing is kept where as much noise is drawn anew.
  assert.ok(Math.abs(steps[0]!.keep) < 1e-7);
  assert.throws(() => stochasticDdim(createSchedule({ clip_sample: true }), 5), {
    code: 'MODEL_CONFIG',
    message: /clip_sample: steps whose likelihood is known do not clip, expected false, got true/,
  });
});
