// The state on the host: vectors that stay where they are. Programs read parameters from their places in one vector, write
// gradients to their places in another, and update all vectors in place, piece by piece. A step allocates nothing of their size but
// the squares behind the norm.

import { sizeOf } from '../graph/types.ts';
import { countParams, type ParamSpec } from '../nn/params.ts';
import { type BoundProgram, type CompileOptions, compile, type Program } from '../runtime/program.ts';
import { meansOf, scalarOf, scalarsFor } from './means.ts';
import {
  gradientName,
  gradientStep,
  isGradient,
  next,
  normStep,
  partName,
  type StepDefinition,
  updateStep,
} from './step.ts';
import type { StateName, TrainingState } from './training-state.ts';

/** Elements that are updated at once: their temporaries stay in the processor's cache. */
export const PIECE = 2 ** 20;

type Vectors = Record<string, Float32Array>;

interface Programs {
  readonly gradient: Program;
  readonly norm: Program;
  readonly update: Program;
  /** The last piece, where the vectors are no whole number of pieces; undefined where they are. */
  readonly rest: Program | undefined;
}

export async function openHostState(
  definition: StepDefinition,
  accumulation: number,
  names: readonly StateName[],
  initial: Readonly<Vectors>,
  options: CompileOptions,
): Promise<TrainingState> {
  const size = countParams(definition.specs);
  const outputs = gradientStep(definition, accumulation);
  const figures = Object.keys(outputs).filter((name) => outputs[name]!.shape.length === 0 && !isGradient(name));
  const programs = await compileAll(definition, outputs, size, options);
  const gradient = new Float32Array(size);
  let vectors: Vectors = { ...initial };
  let bound: Bound | undefined;

  return {
    async compute(batches, scalars, signal) {
      bound ??= bindAll(programs, definition.specs, vectors, gradient, names, accumulation);
      const { passes, updates } = bound;
      if (accumulation > 1) gradient.fill(0);
      const results = [];
      const ofPass = scalarsFor(programs.gradient, scalars);
      for (const batch of batches) results.push(await passes.run({ ...batch, ...ofPass }, { signal }));
      const { gradNorm, scale } = await bound.norm.run(scalarsFor(programs.norm, scalars), { signal });
      return {
        figures: meansOf(results, figures),
        gradNorm: scalarOf(gradNorm),
        async commit() {
          const feeds = { ...scalarsFor(programs.update, scalars), scale: scale!.data };
          for (const update of updates) await update.run(feeds);
        },
      };
    },
    read: async (name) => vectors[name]!,
    load(loaded) {
      bound?.release();
      bound = undefined;
      vectors = { ...loaded };
    },
    async dispose() {
      bound?.release();
      for (const program of Object.values(programs)) await program?.dispose();
    },
  };
}

async function compileAll(
  definition: StepDefinition,
  outputs: ReturnType<typeof gradientStep>,
  size: number,
  options: CompileOptions,
): Promise<Programs> {
  const rest = size > PIECE ? size % PIECE : 0;
  const named = (name: string) => (options.profile ? { ...options, profile: `${options.profile}-${name}` } : options);
  return {
    gradient: await compile(outputs, named('gradient')),
    norm: await compile(normStep(definition), named('norm')),
    update: await compile(updateStep(definition, Math.min(size, PIECE)), named('update')),
    rest: rest > 0 ? await compile(updateStep(definition, rest), named('rest')) : undefined,
  };
}

/** The programs with the vectors that they hold. */
interface Bound {
  readonly passes: BoundProgram;
  readonly norm: BoundProgram;
  /** Piece by piece. */
  readonly updates: readonly BoundProgram[];
  release(): void;
}

function bindAll(
  programs: Programs,
  specs: readonly ParamSpec[],
  vectors: Vectors,
  gradient: Float32Array,
  names: readonly StateName[],
  accumulation: number,
): Bound {
  const passes = programs.gradient.bind(
    gradientArrays(programs.gradient, specs, vectors.params!, gradient, accumulation),
  );
  const norm = programs.norm.bind({ inputs: { gradient } });
  const updates = piecesOf(gradient.length).map(([from, to]) => {
    const parts = Object.fromEntries(names.map((name) => [name, vectors[name]!.subarray(from, to)]));
    const program = to - from === Math.min(gradient.length, PIECE) ? programs.update : programs.rest!;
    return program.bind({
      inputs: { ...parts, gradient: gradient.subarray(from, to) },
      outputs: Object.fromEntries(Object.entries(parts).map(([name, part]) => [next(name), part])),
    });
  });
  return {
    passes,
    norm,
    updates,
    release() {
      for (const each of [passes, norm, ...updates]) each.release();
    },
  };
}

/** Each parameter and its gradient as parts of their vectors. A parameter that the loss does not need is no input. */
function gradientArrays(
  { inputs }: Program,
  specs: readonly ParamSpec[],
  params: Float32Array,
  gradient: Float32Array,
  accumulation: number,
) {
  const into = new Map<string, Float32Array>();
  const from = new Map<string, Float32Array>();
  let offset = 0;
  for (const { name, shape } of specs) {
    const end = offset + sizeOf(shape);
    if (inputs.has(partName(name))) from.set(partName(name), params.subarray(offset, end));
    const slope = gradient.subarray(offset, end);
    into.set(accumulation === 1 ? gradientName(name) : next(gradientName(name)), slope);
    if (accumulation > 1) from.set(gradientName(name), slope);
    offset = end;
  }
  return { inputs: Object.fromEntries(from), outputs: Object.fromEntries(into) };
}

function piecesOf(size: number): [from: number, to: number][] {
  return Array.from({ length: Math.ceil(size / PIECE) }, (_, i) => [i * PIECE, Math.min(size, (i + 1) * PIECE)]);
}
