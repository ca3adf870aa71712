import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openSafetensors } from '../../engine/weights/safetensors.ts';
import { random } from '../../util/random.ts';
import { denoise } from './denoise.ts';
import type { Sampler } from './sampler.ts';
import { createSampler, SAMPLER_NAMES, type SamplerName } from './samplers.ts';
import { createSchedule, loadSchedule, type PredictionType, type Schedule } from './schedule.ts';

const fixtures = fileURLToPath(new URL('../../../test/fixtures', import.meta.url));
const config = { beta_schedule: 'scaled_linear', beta_start: 0.00085, beta_end: 0.012 };

test('timesteps are the reference’s', () => {
  const golden = openSafetensors(`${fixtures}/sd1/sd-golden.safetensors`);
  const schedule = loadSchedule(`${fixtures}/sd1/sd/scheduler`);
  for (const name of ['ddim', 'pndm', 'dpm-solver', 'euler']) {
    const key = name === 'dpm-solver' ? 'dpmpp' : name;
    const expected = [...golden.read(`${key}.timesteps`).data];
    assert.deepEqual(createSampler(name, schedule, 7).timesteps, expected, name);
  }
  golden.close();
});

test('the sample that Euler starts from is noise at the highest σ of the schedule', () => {
  const golden = openSafetensors(`${fixtures}/sd1/sd-golden.safetensors`);
  const scale = createSampler('euler', loadSchedule(`${fixtures}/sd1/sd/scheduler`), 7).initNoiseScale;
  const noise = golden.read('ddim.init').data as Float32Array;
  const init = golden.read('euler.init').data as Float32Array;
  for (const [i, value] of noise.entries()) assert.ok(Math.abs(value * scale - init[i]!) < 5e-5);
  golden.close();
});

/**
 * Data that are normal with mean 0 and this deviation have an exact model, and an exact path through the noise:
 * every sample keeps its size in units of the deviation `√(ᾱs² + 1 − ᾱ)` at its level.
 */
const SPREAD = 0.4;

function deviation(alphaBar: number): number {
  return Math.sqrt(alphaBar * SPREAD ** 2 + 1 - alphaBar);
}

/** `ᾱ` at a timestep that may be fractional: σ is linear between whole ones. */
function alphaBarBetween(schedule: Schedule, timestep: number): number {
  const sigma = (t: number) => Math.sqrt(1 / schedule.alphasCumprod[Math.min(t, schedule.trainSteps - 1)]! - 1);
  const below = Math.floor(timestep);
  const value = sigma(below) + (sigma(below + 1) - sigma(below)) * (timestep - below);
  return 1 / (1 + value ** 2);
}

function exactModel(schedule: Schedule): (sample: Float32Array, timestep: number) => Float32Array {
  return (sample, timestep) => {
    const alphaBar = alphaBarBetween(schedule, timestep);
    const variance = deviation(alphaBar) ** 2;
    const noise = Math.sqrt(1 - alphaBar) / variance;
    const velocity = (Math.sqrt(alphaBar * (1 - alphaBar)) * (1 - SPREAD ** 2)) / variance;
    const factor = schedule.predictionType === 'epsilon' ? noise : velocity;
    return sample.map((value) => value * factor);
  };
}

/** The sampler's result over the exact one, less 1. */
async function errorOf(name: SamplerName, steps: number, type: PredictionType): Promise<number> {
  const schedule = createSchedule({ ...(BEHAVIOUR[name]?.on ?? config), prediction_type: type });
  const sampler = createSampler(name, schedule, steps);
  const model = exactModel(schedule);
  const predict = (latents: Float32Array, timestep: number) => ({ conditional: model(latents, timestep) });
  const init = new Float32Array([sampler.initNoiseScale]);
  const [final] = await denoise({ sampler, init, predict, guidanceScale: 1 });
  return final! / exactEnd(name, schedule, sampler) - 1;
}

/** Euler, Heun and UniPC end without noise, the first two in the scale `x/√ᾱ`; the others end at timestep 0. */
function exactEnd(name: SamplerName, schedule: Schedule, sampler: Sampler): number {
  const start = alphaBarBetween(schedule, sampler.timesteps[0]!);
  if (name === 'unipc') return SPREAD / deviation(start);
  if (name === 'euler' || name === 'heun')
    return (SPREAD / deviation(start)) * Math.sqrt(start) * sampler.initNoiseScale;
  return deviation(schedule.alphasCumprod[0]!) / deviation(start);
}

/**
 * A schedule whose first timestep is noisy already. The usual one ends in a leap of λ that no number of steps makes
 * small, which hides the order of the better solvers.
 */
const smooth = { trained_betas: Array.from({ length: 1000 }, (_, t) => (t === 0 ? 0.3 : 0.001 + 0.008 * (t / 1000))) };

/** How the error falls when the steps are doubled: by about 2 to the order of the solver. */
const BEHAVIOUR: Partial<Record<SamplerName, { on: object; order: [number, number]; at100: number }>> = {
  ddim: { on: config, order: [0.8, 1.2], at100: 0.05 },
  euler: { on: config, order: [0.8, 1.2], at100: 0.05 },
  'dpm-solver': { on: smooth, order: [1.7, 2.3], at100: 0.0001 },
  pndm: { on: smooth, order: [1.7, 2.3], at100: 0.0001 },
  unipc: { on: config, order: [0.8, 3.3], at100: 0.05 },
};

/** Those that add noise have no path of their own; LCM solves no equation, it asks a network that was taught to jump. */
const NOISY = ['euler-ancestral', 'dpm-solver-sde', 'ddpm'] as const;

/** PNDM mixes velocities of several noise levels as the reference does, which costs it an order. */
const PNDM_VELOCITY = { on: smooth, order: [0.8, 1.2], at100: 0.01 };

for (const name of Object.keys(BEHAVIOUR) as SamplerName[])
  for (const type of ['epsilon', 'v_prediction'] as const) {
    test(`${name} with ${type} converges to the exact path at its order`, async () => {
      const { order, at100 } = name === 'pndm' && type === 'v_prediction' ? PNDM_VELOCITY : BEHAVIOUR[name]!;
      const [coarse, fine] = [await errorOf(name, 50, type), await errorOf(name, 100, type)];
      const measured = Math.log2(Math.abs(coarse / fine));
      assert.ok(Math.abs(fine) < at100, `error ${fine} at 100 steps`);
      assert.ok(measured > order[0]! && measured < order[1]!, `order ${measured}`);
    });
  }

test('Heun converges at the second order, up to its last step', async () => {
  // That one is Euler's, from the level of timestep 0 to no noise, whatever the number of steps.
  const end = await errorOf('heun', 800, 'epsilon');
  const [coarse, fine] = [await errorOf('heun', 25, 'epsilon'), await errorOf('heun', 50, 'epsilon')];
  const measured = Math.log2(Math.abs((coarse - end) / (fine - end)));
  assert.ok(Math.abs(end) < 0.003 && measured > 1.7 && measured < 2.3, `end ${end}, order ${measured}`);
});

for (const name of NOISY)
  test(`${name} draws from the data: with the exact model its numbers have their deviation`, async () => {
    const schedule = createSchedule({ ...config, final_sigmas_type: 'zero' });
    const sampler = createSampler(name, schedule, 250);
    const model = exactModel(schedule);
    const count = 2000;
    const final = await denoise({
      sampler,
      guidanceScale: 1,
      init: random(3, 'start')
        .normals(count)
        .map((value) => value * sampler.initNoiseScale),
      noise: (step) => random(3, 'step', step).normals(count),
      predict: (latents, timestep) => ({ conditional: model(latents, timestep) }),
    });
    const spread = Math.sqrt(final.reduce((sum, value) => sum + value ** 2, 0) / count);
    assert.ok(Math.abs(spread / SPREAD - 1) < 0.08, `${spread}`);
    assert.equal(sampler.noiseAdded!.length, sampler.timesteps.length);
  });

test('with Karras sigmas a solver that ends at its last level adds no noise there, and gives numbers', () => {
  for (const fields of [{}, { solver_type: 'heun' }, { solver_order: 3 }]) {
    const schedule = createSchedule({ ...config, use_karras_sigmas: true, lower_order_final: false, ...fields });
    const sampler = createSampler('dpm-solver-sde', schedule, 6);
    assert.ok(
      sampler.noiseAdded!.every((scale) => scale >= 0),
      `${sampler.noiseAdded}`,
    );
    let sample: Float32Array = Float32Array.of(1, -1);
    for (const i of sampler.timesteps.keys()) sample = sampler.step(Float32Array.of(0.3, -0.2), i, sample);
    assert.ok(sample.every(Number.isFinite), `${sample}`);
  }
});

test('a sampler that adds noise has to be given some', async () => {
  const sampler = createSampler('ddpm', createSchedule(config), 3);
  const predict = (latents: Float32Array) => ({ conditional: latents });
  const init = new Float32Array(2);
  await assert.rejects(denoise({ sampler, init, predict, guidanceScale: 1 }), {
    code: 'USAGE',
    message: /noise for ddpm/,
  });
});

for (const name of SAMPLER_NAMES)
  test(`${name} forgets an earlier run at step 0, and treats each number alone`, () => {
    const schedule = createSchedule(config);
    const outputs = Array.from({ length: 15 }, (_, i) => random(5, 'output', i).normals(6));
    const run = (sampler: Sampler, from: number, to: number): Float32Array => {
      let sample: Float32Array = random(5, 'start').normals(6).slice(from, to);
      sampler.timesteps.forEach((_, i) => {
        sample = sampler.step(outputs[i]!.slice(from, to), i, sample);
      });
      return sample;
    };
    const sampler = createSampler(name, schedule, 8);
    const whole = run(sampler, 0, 6);
    assert.deepEqual(run(sampler, 0, 6), whole);
    assert.deepEqual([...run(sampler, 0, 2), ...run(sampler, 2, 6)], [...whole]);
  });

for (const name of SAMPLER_NAMES)
  test(`${name} refuses steps that the schedule has no room for`, () => {
    const schedule = createSchedule(config);
    for (const steps of [0, 1.5, 1001, Number.NaN])
      assert.throws(() => createSampler(name, schedule, steps), { code: 'CONFIG', message: /whole number of steps/ });
    assert.throws(() => createSampler(name, schedule, 8).step(new Float32Array(2), 0, new Float32Array(3)), {
      code: 'SHAPE',
    });
  });

test('DDIM: one step by hand', () => {
  const schedule = createSchedule({
    num_train_timesteps: 2,
    trained_betas: [0.19, 0.5],
    set_alpha_to_one: true,
    steps_offset: 0,
  });
  const sampler = createSampler('ddim', schedule, 2);
  assert.deepEqual(sampler.timesteps, [1, 0]);
  // ᾱ is 0.405 at timestep 1 and 0.81 at timestep 0.
  const clean = (1 - Math.sqrt(0.595) * 0.2) / Math.sqrt(0.405);
  const expected = 0.9 * clean + Math.sqrt(0.19) * 0.2;
  const [next] = sampler.step(new Float32Array([0.2]), 0, new Float32Array([1]));
  assert.ok(Math.abs(next! - expected) < 1e-6);
});

test('DDIM clips the clean sample where the config says so', () => {
  const schedule = createSchedule({ ...config, clip_sample: true, set_alpha_to_one: true });
  const sampler = createSampler('ddim', schedule, 1);
  assert.equal(sampler.step(new Float32Array([-1]), 0, new Float32Array([5]))[0], 1);
});

test('createSampler names the samplers there are', () => {
  assert.throws(
    () => createSampler('lms', createSchedule(config), 10),
    /expected one of ddim, pndm, dpm-solver, euler, .*lcm, got "lms"/,
  );
});

/** diffusers 0.27.2: seven steps from the highest noise with the model `sin 3x + t/2000`. */
const SPACED: Record<string, { timesteps: number[]; init: number; end: number }> = {
  'ddim/leading': { timesteps: [853.0, 711.0, 569.0, 427.0, 285.0, 143.0, 1.0], init: 1, end: 4.536417 },
  'pndm/leading': { timesteps: [853.0, 711.0, 711.0, 569.0, 427.0, 285.0, 143.0, 1.0], init: 1, end: 6.123678 },
  'euler/leading': { timesteps: [853.0, 711.0, 569.0, 427.0, 285.0, 143.0, 1.0], init: 6.64631, end: 4.512759 },
  'dpm-solver/leading': { timesteps: [876.0, 751.0, 626.0, 501.0, 376.0, 251.0, 126.0], init: 1, end: 4.478787 },
  'ddim/linspace': { timesteps: [999.0, 832.0, 666.0, 500.0, 333.0, 166.0, 0.0], init: 1, end: 6.996472 },
  'pndm/linspace': { timesteps: [999.0, 832.0, 832.0, 666.0, 500.0, 333.0, 166.0, 0.0], init: 1, end: 10.51252 },
  'euler/linspace': { timesteps: [999.0, 832.5, 666.0, 499.5, 333.0, 166.5, 0.0], init: 14.6146, end: 11.69049 },
  'dpm-solver/linspace': { timesteps: [999.0, 856.0, 714.0, 571.0, 428.0, 285.0, 143.0], init: 1, end: 13.70057 },
  'ddim/trailing': { timesteps: [999.0, 856.0, 713.0, 570.0, 428.0, 285.0, 142.0], init: 1, end: 9.547008 },
  'pndm/trailing': { timesteps: [999.0, 856.0, 856.0, 713.0, 570.0, 428.0, 285.0, 142.0], init: 1, end: 13.36291 },
  'euler/trailing': { timesteps: [999.0, 856.0, 713.0, 570.0, 428.0, 285.0, 142.0], init: 14.6146, end: 9.579572 },
  'dpm-solver/trailing': { timesteps: [999.0, 856.0, 713.0, 570.0, 428.0, 285.0, 142.0], init: 1, end: 13.70202 },
};

test('each spacing of a published config gives the reference’s timesteps, start and end', () => {
  for (const [key, expected] of Object.entries(SPACED)) {
    const [name, spacing] = key.split('/') as [string, string];
    const schedule = createSchedule({ ...config, timestep_spacing: spacing, final_sigmas_type: 'zero' });
    const sampler = createSampler(name, schedule, 7);
    assert.deepEqual(
      sampler.timesteps.map((timestep) => Number(timestep.toFixed(4))),
      expected.timesteps,
      key,
    );
    assert.ok(Math.abs(sampler.initNoiseScale / expected.init - 1) < 1e-5, key);
    let sample: Float32Array = Float32Array.of(sampler.initNoiseScale);
    sampler.timesteps.forEach((timestep, i) => {
      const output = sampler.scaleInput(sample, i).map((value) => Math.sin(3 * value) + timestep / 2000);
      sample = sampler.step(output, i, sample);
    });
    assert.ok(Math.abs(sample[0]! / expected.end - 1) < 1e-5, `${key}: ${sample[0]}`);
  }
});
