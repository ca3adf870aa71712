import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readWeights } from '../../engine/weights/read-weights.ts';
import { createSchedule, loadSchedule } from './schedule.ts';
import { minSnrWeight } from './snr.ts';
import { addNoise, noiseCoefficients, predictionTarget, velocityTarget } from './targets.ts';

const fixtures = fileURLToPath(new URL('../../../test/fixtures', import.meta.url));

function assertClose(actual: Float32Array, expected: Float32Array, relative: number, absolute = 0): void {
  assert.equal(actual.length, expected.length);
  const worst = actual.findIndex(
    (value, i) => !(Math.abs(value - expected[i]!) <= absolute + relative * Math.abs(expected[i]!)),
  );
  assert.equal(worst, -1, `[${worst}]: expected ${expected[worst]}, got ${actual[worst]}`);
}

for (const name of ['sd1', 'sd2']) {
  const schedule = loadSchedule(`${fixtures}/${name}/sd/scheduler`);
  const golden = readWeights(`${fixtures}/${name}/sd-golden.safetensors`);
  const float = (key: string) => golden.get(key)!.data as Float32Array;

  test(`${name}: betas and alphasCumprod are the reference's up to float32 rounding`, () => {
    const reference = readWeights(`${fixtures}/${name}/schedule.safetensors`);
    assertClose(schedule.betas, reference.get('betas')!.data as Float32Array, 4e-7);
    assertClose(schedule.alphasCumprod, reference.get('alphas_cumprod')!.data as Float32Array, 6e-7);
  });

  test(`${name}: noisy latents and the training target are the reference's`, () => {
    const timesteps = Array.from(golden.get('timesteps')!.data, Number);
    assertClose(addNoise(schedule, float('latents'), float('noise'), timesteps), float('noisy'), 1e-6, 1e-6);
    assertClose(predictionTarget(schedule, float('latents'), float('noise'), timesteps), float('target'), 1e-6, 1e-6);
  });
}

test('createSchedule follows each beta schedule', () => {
  const linear = createSchedule({ num_train_timesteps: 3, beta_start: 0.1, beta_end: 0.3 });
  assertClose(linear.betas, new Float32Array([0.1, 0.2, 0.3]), 1e-6);
  assertClose(linear.alphasCumprod, new Float32Array([0.9, 0.72, 0.504]), 1e-6);
  const cosine = createSchedule({ num_train_timesteps: 1000, beta_schedule: 'squaredcos_cap_v2' });
  const middle =
    Math.cos(((0.5 + 0.008) / 1.008) * (Math.PI / 2)) ** 2 / Math.cos((0.008 / 1.008) * (Math.PI / 2)) ** 2;
  assert.ok(Math.abs(cosine.alphasCumprod[499]! - middle) < 1e-5);
  assert.ok(Math.abs(cosine.betas[999]! - 0.999) < 1e-6);
  const given = createSchedule({ num_train_timesteps: 2, trained_betas: [0.5, 0.25], set_alpha_to_one: true });
  assert.deepEqual([[...given.alphasCumprod], given.finalAlphaCumprod], [[0.5, 0.375], 1]);
  assert.equal(linear.finalAlphaCumprod, linear.alphasCumprod[0]);
});

test('a schedule that is to end in noise alone ends there, and begins as it did', () => {
  const config = { beta_schedule: 'scaled_linear', beta_start: 0.00085, beta_end: 0.012 };
  const plain = createSchedule(config);
  const rescaled = createSchedule({ ...config, rescale_betas_zero_snr: true });
  // diffusers 0.42.1, DDIMScheduler(rescale_betas_zero_snr=True).alphas_cumprod
  assertClose(rescaled.alphasCumprod.slice(998), Float32Array.of(1.967963e-7, 0), 1e-4);
  assertClose(rescaled.alphasCumprod.slice(500, 501), Float32Array.of(0.2410185486), 1e-5);
  assert.equal(rescaled.alphasCumprod[999], 0);
  assert.ok(Math.abs(rescaled.alphasCumprod[0]! - plain.alphasCumprod[0]!) < 1e-6);
  assert.equal(
    minSnrWeight(createSchedule({ ...config, rescale_betas_zero_snr: true, prediction_type: 'v_prediction' }), 999, 5),
    0,
  );
});

test('the velocity and the noisy sample give back latents and noise', () => {
  const schedule = createSchedule({ prediction_type: 'v_prediction' });
  const latents = new Float32Array([1, -2, 0.5, 3]);
  const noise = new Float32Array([0.3, 0.1, -1, 2]);
  const { signal, noise: level } = noiseCoefficients(schedule, [10, 900]);
  const noisy = addNoise(schedule, latents, noise, [10, 900]);
  const velocity = velocityTarget(schedule, latents, noise, [10, 900]);
  const back = latents.map((_, i) => signal[i >> 1]! * noisy[i]! - level[i >> 1]! * velocity[i]!);
  assertClose(back, latents, 1e-5, 1e-6);
});

test('a config out of range is refused, naming the field and what came', () => {
  const refused = (config: unknown, message: RegExp) =>
    assert.throws(() => createSchedule(config), { code: 'MODEL_CONFIG', message });
  refused({ beta_start: 1.5 }, /scheduler_config\.json: beta_start: .*got 1\.5/);
  refused({ beta_start: 0.02, beta_end: 0.01 }, /beta_end: must not be below beta_start, got 0\.01/);
  refused({ num_train_timesteps: 0 }, /num_train_timesteps: .*got 0/);
  refused({ beta_schedule: 'sigmoid' }, /beta_schedule: .*got "sigmoid"/);
  refused({ use_flow_sigmas: true }, /use_flow_sigmas: is not built here, expected false, got true/);
  refused({ _class_name: 1000000 }, /_class_name: expected a scheduler over a schedule of betas, got 1000000/);
  refused({ _class_name: [] }, /_class_name: .*got \[\]/);
  refused({ _class_name: 'FlowMatchEulerDiscreteScheduler' }, /_class_name: .*got "FlowMatchEulerDiscreteScheduler"/);
  refused({ timestep_type: 'continuous', prediction_type: 'v_prediction' }, /timestep_type: a network that is told/);
  refused({ timestep_spacing: 'uniform' }, /timestep_spacing: .*got "uniform"/);
  refused({ prediction_type: 'sample' }, /prediction_type: .*got "sample"/);
  refused({ trained_betas: [0.1] }, /trained_betas: must hold num_train_timesteps numbers/);
  refused({ steps_offset: -1 }, /steps_offset: .*got -1/);
  refused([], /the file: /);
  assert.throws(() => loadSchedule(`${fixtures}/sd1`), { code: 'MODEL_CONFIG', message: /expected a JSON file/ });
});

test('a timestep out of range, or sizes that do not fit, are refused', () => {
  const schedule = createSchedule({});
  assert.throws(() => addNoise(schedule, new Float32Array(2), new Float32Array(2), [1000]), /from 0 to 999, got 1000/);
  assert.throws(() => addNoise(schedule, new Float32Array(3), new Float32Array(3), [1, 2]), { code: 'SHAPE' });
});

test('min-SNR weighs timesteps by min(SNR, γ), for noise and for velocity', () => {
  const config = { num_train_timesteps: 3, trained_betas: [0.1, 0.5, 0.9] };
  // ᾱ = 0.9, 0.45, 0.045, so SNR = 9, 9/11, 0.045/0.955.
  const weights = (prediction_type: string) =>
    [0, 1, 2].map((t) => minSnrWeight(createSchedule({ ...config, prediction_type }), t, 5));
  const close = (got: number[], want: number[]) =>
    got.forEach((value, i) => void assert.ok(Math.abs(value - want[i]!) < 1e-5, `${value}, expected ${want[i]}`));
  close(weights('epsilon'), [5 / 9, 1, 1]);
  close(weights('v_prediction'), [5 / 10, 0.45, 0.045]);
});
