// What published scheduler configs say, against diffusers 0.42.1: samplers.json, more-samplers.json, ruled-samplers.json and
// flow-samplers.json of test/fixtures/current have its timesteps and samples, test/fixtures/current/schedulers configs that it saved.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { spacedLevels } from './levels.ts';
import { rectifiedFlow } from './rectified-flow.ts';
import { combine } from './sampler.ts';
import { createSampler, SAMPLER_NAMES } from './samplers.ts';
import { createSchedule, loadSchedule } from './schedule.ts';
import { describeScheduler } from './scheduler-notes.ts';

const folder = 'test/fixtures/current';

interface Golden {
  config: object;
  noise: number[];
  cases: { sampler: string; fields: object; steps: number; timesteps: number[]; sigmas?: number[]; end: number[] }[];
}

/** Noise of one call, as the reference was given it. */
const noiseOfCall = (call: number) => Float32Array.from({ length: 6 }, (_, k) => Math.sin(1.7 * call + k));

for (const [file, least] of [
  ['samplers', 100],
  ['more-samplers', 80],
  ['ruled-samplers', 25],
  ['flow-samplers', 20],
] as const)
  test(`${file}: levels, noise alone at the end, orders, solvers, noise that is added and ends are those of diffusers`, () => {
    const { config, noise, cases } = JSON.parse(readFileSync(`${folder}/${file}.json`, 'utf8')) as Golden;
    assert.ok(cases.length > least);
    for (const { sampler: whole, fields, steps, timesteps, sigmas, end } of cases) {
      const name = whole.replace('flow-', '');
      const label = `${name}, ${steps} steps, ${JSON.stringify(fields)}`;
      const published = { ...config, ...fields };
      const sampler =
        whole === name
          ? createSampler(name, createSchedule(published), steps)
          : rectifiedFlow(published, 'the model').sampler(name, steps);
      const ruled = sigmas && spacedLevels(fields, [sigmas[0]!, sigmas[steps - 1]!], steps);
      // With two evaluations a level, those of Heun's are there twice.
      if (name !== 'heun')
        for (const [i, sigma] of (ruled ?? []).entries())
          assert.ok(Math.abs(sigma / sigmas![i]! - 1) < 1e-6, `${label}: ${sigma}`);
      assert.equal(sampler.timesteps.length, timesteps.length, label);
      for (const [i, timestep] of sampler.timesteps.entries())
        assert.ok(Math.abs(timestep - timesteps[i]!) < 2e-3, `${label}: ${timestep}`);
      let sample: Float32Array = Float32Array.from(noise, (value) => value * sampler.initNoiseScale);
      sampler.timesteps.forEach((timestep, i) => {
        const output = sampler.scaleInput(sample, i).map((value) => Math.sin(3 * value) + timestep / 2000);
        const next = sampler.step(output, i, sample);
        sample = combine(sampler.noiseAdded?.[i] ?? 0, noiseOfCall(i), 1, next);
      });
      for (const [i, expected] of end.entries())
        assert.ok(Math.abs(sample[i]! - expected) < 2e-3 * (0.01 + Math.abs(expected)), `${label}: ${sample[i]}`);
    }
  });

test('what a sampler cannot follow is refused by name, and stands in the way of no other sampler', () => {
  const refused = (file: string, sampler: string, message: RegExp) => {
    const schedule = loadSchedule(`${folder}/schedulers/${file}.json`);
    assert.throws(() => createSampler(sampler, schedule, 6), { code: 'MODEL_CONFIG', message });
    for (const name of SAMPLER_NAMES) if (name !== sampler) assert.ok(createSampler(name, schedule, 6));
  };
  refused(
    'dpm_sde',
    'dpm-solver',
    /algorithm_type: is not built here, expected "dpmsolver\+\+" \(dpm-solver-sde adds noise\), got "sde-dpmsolver\+\+"/,
  );
  for (const name of ['dpm-solver-sde', 'unipc', 'lcm', 'ddpm'])
    assert.ok(createSampler(name, loadSchedule(`${folder}/schedulers/dpm_sde.json`), 6));
  refused('ddim_zsnr', 'pndm', /rescale_betas_zero_snr: is not built here/);
  for (const file of ['ddim_clip3', 'dpm_heun', 'dpm_karras', 'euler_karras', 'euler_sigmamin', 'pndm_prk']) {
    const schedule = loadSchedule(`${folder}/schedulers/${file}.json`);
    for (const name of SAMPLER_NAMES) assert.ok(createSampler(name, schedule, 6), `${file} ${name}`);
  }
  assert.throws(() => loadSchedule(`${folder}/schedulers/euler_cont.json`), {
    code: 'MODEL_CONFIG',
    message: /euler_cont\.json: timestep_type: .* not built here, expected "discrete", got "continuous"/,
  });
});

test('every field that would change a sampler’s result and is not built is told with the sampler that it is about', () => {
  const told = (sampler: string, fields: object, message: RegExp) =>
    assert.throws(() => createSampler(sampler, createSchedule(fields, 'm/scheduler'), 6), {
      code: 'MODEL_CONFIG',
      message,
    });
  told('ddim', { thresholding: true }, /^sampler ddim: scheduler m\/scheduler: thresholding: is not built here/);
  const both = { use_exponential_sigmas: true, use_karras_sigmas: true };
  for (const name of ['euler', 'heun', 'unipc', 'dpm-solver', 'dpm-solver-sde'])
    told(name, both, /use_exponential_sigmas: must not be on beside use_karras_sigmas/);
  const lu = { use_lu_lambdas: true, use_beta_sigmas: true };
  told('dpm-solver', lu, /^sampler dpm-solver: .*use_lu_lambdas: must not be on beside use_beta_sigmas/);
  told('unipc', { predict_x0: false }, /predict_x0: solving for the noise/);
  told('unipc', { solver_p: { _class_name: 'DDIMScheduler' } }, /solver_p: another predictor/);
  told('ddpm', { variance_type: 'learned_range' }, /variance_type: is not built here/);
  told('lcm', { thresholding: true }, /^sampler lcm: .*thresholding/);
  told('dpm-solver-sde', { algorithm_type: 'sde-dpmsolver' }, /algorithm_type: is not built here, expected "sde-/);
  told('euler', { interpolation_type: 'log_linear' }, /interpolation_type: .*got "log_linear"/);
  told('euler', { sigma_min: -1 }, /sigma_min/);
  for (const ends of [{ sigma_min: 5, sigma_max: 1 }, { sigma_min: 1000 }])
    told('euler', { ...ends, use_karras_sigmas: true }, /sigma_min: expected no more than sigma_max, which is/);
  told('euler', { final_sigmas_type: 'one' }, /final_sigmas_type/);
  told('dpm-solver', { thresholding: true }, /thresholding/);
  told('dpm-solver', { use_dynamic_shifting: true }, /use_dynamic_shifting/);
  told('dpm-solver', { solver_order: 4 }, /solver_order/);
  told('dpm-solver', { solver_type: 'rk4' }, /solver_type/);
  told('dpm-solver', { variance_type: 'learned_range' }, /variance_type: learned variances/);
  const clipped = { beta_schedule: 'squaredcos_cap_v2', lambda_min_clipped: -5.1 };
  told('dpm-solver', clipped, /lambda_min_clipped: leaving out the noisiest timesteps is not built here, got -5\.1/);
  assert.ok(createSampler('dpm-solver', createSchedule({ lambda_min_clipped: -9 }), 6));
  assert.ok(createSampler('ddim', createSchedule(clipped), 6));
});

test('a network that predicts noise cannot start from noise alone', () => {
  const config = { rescale_betas_zero_snr: true, timestep_spacing: 'trailing' };
  assert.throws(() => createSampler('ddim', createSchedule(config), 5), {
    code: 'CONFIG',
    message: /ddim: expected some signal at timestep 999, got none \(rescale_betas_zero_snr\)/,
  });
  assert.ok(createSampler('ddim', createSchedule({ ...config, timestep_spacing: 'leading' }), 5));
});

test('PNDM starts with Runge–Kutta steps where the file, or the class that it names, has them', () => {
  // By the formulas of diffusers' PNDMScheduler, in float64.
  const base = { ...loadSchedule(`${folder}/schedulers/pndm_prk.json`).published.fields };
  const cases: [object, number[], number[]][] = [
    [
      { prediction_type: 'epsilon', timestep_spacing: 'leading' },
      [853, 782, 782, 711, 711, 640, 640, 569, 569, 498, 498, 427, 427, 285, 143, 1],
      [-0.17212, -11.732865, 10.824632, -0.025145, 3.242916, -13.730324],
    ],
    [
      { prediction_type: 'v_prediction', timestep_spacing: 'trailing' },
      [999, 927, 927, 856, 856, 784, 784, 713, 713, 641, 641, 570, 570, 428, 285, 142],
      [-0.127317, -1.837938, 1.930281, -0.007767, 0.202486, -1.987183],
    ],
    [
      { prediction_type: 'epsilon', timestep_spacing: 'linspace' },
      [999, 791, 791, 666, 666, 458, 458, 333, 333, 125, 125, 0, 0],
      [0.051601, -27.556699, 22.761315, -4.1598, 2.362513, -29.398263],
    ],
  ];
  for (const [fields, timesteps, end] of cases) {
    const steps = timesteps.length - 9;
    const sampler = createSampler('pndm', createSchedule({ ...base, ...fields }), steps);
    assert.deepEqual(sampler.timesteps, timesteps);
    let sample: Float32Array = Float32Array.of(0.5, -1.2, 2, -0.3, 0.9, -1.7);
    sampler.timesteps.forEach((timestep, i) => {
      const output = sample.map((value) => Math.sin(3 * value) + timestep / 2000);
      sample = sampler.step(output, i, sample);
    });
    for (const [i, expected] of end.entries())
      assert.ok(
        Math.abs(sample[i]! - expected) < 2e-4 * (0.01 + Math.abs(expected)),
        `${JSON.stringify(fields)}: ${sample}`,
      );
  }
  const calls = (fields: object) => createSampler('pndm', createSchedule(fields), 7).timesteps.length;
  assert.deepEqual(
    [calls({ _class_name: 'PNDMScheduler' }), calls({ _class_name: 'DDIMScheduler' }), calls({})],
    [16, 8, 8],
  );
  assert.throws(() => createSampler('pndm', createSchedule(base), 3), {
    code: 'CONFIG',
    message: /^pndm with skip_prk_steps: false: expected a whole number of steps from 4 to 1000, got 3$/,
  });
});

test('a sampler that is not built is replaced with a word about it, and so is a field that is passed over', () => {
  const [line, ...rest] = describeScheduler({ _class_name: 'KDPM2DiscreteScheduler', solver_p: null }, 'ddim');
  assert.match(line!, /names KDPM2DiscreteScheduler, .* drawn with ddim/);
  assert.deepEqual(rest, []);
  assert.deepEqual(describeScheduler({ _class_name: 'PNDMScheduler', clip_sample: false }, 'ddim'), []);
  const spaced = {
    _class_name: 'EulerDiscreteScheduler',
    use_karras_sigmas: true,
    sigma_min: null,
    clip_sample: false,
  };
  assert.deepEqual(describeScheduler(spaced, 'euler'), []);
  assert.deepEqual(describeScheduler({ ...spaced, solver_order: 3, timestep_spacing: 'trailing' }, 'lcm'), [
    'Fields of the model\'s scheduler that lcm takes no notice of: use_karras_sigmas: true, solver_order: 3, timestep_spacing: "trailing".',
  ]);
  const ending = { set_alpha_to_one: true, shift_terminal: 0.1 };
  assert.match(describeScheduler(ending, 'ddim').join(), /notice of: shift_terminal: 0\.1\.$/);
  assert.match(describeScheduler(ending, 'euler').join(), /shift_terminal: 0\.1, set_alpha_to_one: true\.$/);
  assert.deepEqual(describeScheduler({ warp: 2, bend: null, _note: 1 }, 'ddim'), [
    "Fields of the model's scheduler that nothing here knows are passed over: warp.",
  ]);
});
