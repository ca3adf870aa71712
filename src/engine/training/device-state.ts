// The state on a device: whole vectors go into a step's program and come out of it as new ones, which stay there.

import { countParams } from '../nn/params.ts';
import { type CompileOptions, compile, type HostData, type Program, type Value } from '../runtime/program.ts';
import { meansOf, scalarOf, scalarsFor } from './means.ts';
import { accumulateStep, applyStep, fullStep, next, type StepDefinition } from './step.ts';
import type { Feeds, StateName, TrainingState } from './training-state.ts';

type Vectors = Record<string, HostData | Value>;

interface StepPrograms {
  run(state: Vectors, batches: readonly Feeds[], scalars: Feeds, signal?: AbortSignal): Promise<StepOutputs>;
  dispose(): Promise<void>;
}

interface StepOutputs {
  readonly passes: readonly Record<string, Value>[];
  /** With the next state. */
  readonly outputs: Record<string, Value>;
}

export async function openDeviceState(
  definition: StepDefinition,
  accumulation: number,
  names: readonly StateName[],
  initial: Readonly<Record<string, Float32Array>>,
  options: CompileOptions,
): Promise<TrainingState> {
  const programs = await compilePrograms(definition, accumulation, names.map(next), options);
  let state: Vectors = { ...initial };
  return {
    async compute(batches, scalars, signal) {
      const { passes, outputs } = await programs.run(state, batches, scalars, signal);
      const figures = Object.keys(passes[0]!).filter((name) => !name.startsWith(next('')) && name !== 'gradNorm');
      return {
        figures: meansOf(passes, figures),
        gradNorm: scalarOf(outputs.gradNorm),
        async commit() {
          const old = state;
          state = Object.fromEntries(names.map((name) => [name, outputs[next(name)]!]));
          for (const value of Object.values(old)) if ('dispose' in value) value.dispose();
        },
      };
    },
    async read(name) {
      const value = state[name]!;
      return ('type' in value ? await value.read() : value) as Float32Array;
    },
    load(vectors) {
      state = { ...vectors };
    },
    dispose: () => programs.dispose(),
  };
}

async function compilePrograms(
  definition: StepDefinition,
  accumulation: number,
  keep: readonly string[],
  options: CompileOptions,
): Promise<StepPrograms> {
  if (accumulation === 1) return fullProgram(await compile(fullStep(definition), { ...options, keep }));
  const sum = { ...options, keep: [next('gradientSum')] };
  const accumulate = await compile(accumulateStep(definition, accumulation), sum);
  const apply = await compile(applyStep(definition), { ...options, keep });
  return accumulatingPrograms(accumulate, apply, countParams(definition.specs));
}

function fullProgram(program: Program): StepPrograms {
  return {
    async run(state, [batch], scalars, signal) {
      const outputs = await program.run({ ...state, ...batch, ...scalarsFor(program, scalars) }, { signal });
      return { passes: [outputs], outputs };
    },
    dispose: () => program.dispose(),
  };
}

function accumulatingPrograms(accumulate: Program, apply: Program, size: number): StepPrograms {
  return {
    async run(state, batches, scalars, signal) {
      let gradientSum: HostData | Value = new Float32Array(size);
      const passes: Record<string, Value>[] = [];
      for (const batch of batches) {
        const feeds = { params: state.params!, gradientSum, ...batch, ...scalarsFor(accumulate, scalars) };
        const outputs: Record<string, Value> = await accumulate.run(feeds, { signal });
        if ('dispose' in gradientSum) gradientSum.dispose();
        gradientSum = outputs[next('gradientSum')]!;
        passes.push(outputs);
      }
      const outputs = await apply.run({ ...state, gradientSum, ...scalarsFor(apply, scalars) });
      if ('dispose' in gradientSum) gradientSum.dispose();
      return { passes, outputs };
    },
    async dispose() {
      await accumulate.dispose();
      await apply.dispose();
    },
  };
}
