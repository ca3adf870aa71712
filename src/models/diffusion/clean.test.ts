import assert from 'node:assert/strict';
import { test } from 'node:test';
import { random } from '../../util/random.ts';
import { rectifiedFlow } from './rectified-flow.ts';
import { variancePreserving } from './variance-preserving.ts';

const SD = {
  _class_name: 'DDIMScheduler',
  num_train_timesteps: 1000,
  beta_start: 0.00085,
  beta_end: 0.012,
  beta_schedule: 'scaled_linear',
};
const PROCESSES = {
  noise: variancePreserving({ ...SD, prediction_type: 'epsilon' }, 'test'),
  velocity: variancePreserving({ ...SD, prediction_type: 'v_prediction' }, 'test'),
  flow: rectifiedFlow({ num_train_timesteps: 1000, shift: 3 }, 'test'),
};

for (const [name, process] of Object.entries(PROCESSES))
  test(`${name}: the target stands for the clean sample`, () => {
    const rng = random(1, name);
    const [clean, noise, times] = [rng.normals(12), rng.normals(12), [20, 400, 900]];
    const [mixed, target] = [process.mix(clean, noise, times), process.target(clean, noise, times)];
    const { ofSample, ofOutput } = process.clean(times);
    clean.forEach((value, i) => {
      const row = Math.floor(i / 4);
      assert.ok(Math.abs(ofSample[row]! * mixed[i]! + ofOutput[row]! * target[i]! - value) < 1e-4);
    });
  });
