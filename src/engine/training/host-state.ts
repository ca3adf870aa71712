// The state on the host: vectors that stay where they are. Programs read parameters from their places in one vector, write
// gradients to their places in another, and sum squares and update all vectors in place, piece by piece. A step allocates nothing of
// their size.

import { sizeOf } from '../graph/types.ts';
import { countParams, type ParamSpec } from '../nn/params.ts';
import { clipBySquares } from '../optim/clip.ts';
import { type BoundProgram, type CompileOptions, compile, type Program } from '../runtime/program.ts';
import { meansOf, scalarOf, scalarsFor } from './means.ts';
import {
  gradientName,
  gradientStep,
  isGradient,
  next,
  partName,
  type StepDefinition,
  squaresStep,
  updateStep,
} from './step.ts';
import type { StateName, TrainingState } from './training-state.ts';

/** Elements that are updated at once: their temporaries stay in the processor's cache. */
export const PIECE = 2 ** 20;

type Vectors = Record<string, Float32Array>;

/** What is done to a piece of the vectors. */
interface PiecePrograms {
  readonly squares: Program;
  readonly update: Program;
}

interface Programs {
  readonly gradient: Program;
  readonly piece: PiecePrograms;
  /** Of the last piece, where the vectors are no whole number of pieces; undefined where they are. */
  readonly rest: PiecePrograms | undefined;
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
      const squares = await sumSquares(bound, signal);
      const { norm, scale } = clipBySquares(squares, definition.maxGradNorm, (scalars.unscale as Float32Array)?.[0]);
      return {
        figures: meansOf(results, figures),
        gradNorm: norm,
        async commit() {
          const feeds = { ...scalarsFor(programs.piece.update, scalars), scale: Float32Array.of(scale) };
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
      const { gradient, piece, rest } = programs;
      for (const program of [gradient, ...Object.values(piece), ...Object.values(rest ?? {})]) await program.dispose();
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
  const pieceOf = async (elements: number, suffix: string) => ({
    squares: await compile(squaresStep(elements), named(`squares${suffix}`)),
    update: await compile(updateStep(definition, elements), named(`update${suffix}`)),
  });
  return {
    gradient: await compile(outputs, named('gradient')),
    piece: await pieceOf(Math.min(size, PIECE), ''),
    rest: rest > 0 ? await pieceOf(rest, '-rest') : undefined,
  };
}

/** Added up in double precision: a sum of a billion squares in float32 is off by tenths of a percent. */
async function sumSquares({ squares }: Bound, signal: AbortSignal | undefined): Promise<number> {
  let total = 0;
  for (const piece of squares) total += scalarOf((await piece.run({}, { signal })).squares);
  return total;
}

/** The programs with the vectors that they hold. */
interface Bound {
  readonly passes: BoundProgram;
  /** Piece by piece, as the updates. */
  readonly squares: readonly BoundProgram[];
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
  const pieces = piecesOf(gradient.length).map(([from, to]) => {
    const parts = Object.fromEntries(names.map((name) => [name, vectors[name]!.subarray(from, to)]));
    const own = to - from === Math.min(gradient.length, PIECE) ? programs.piece : programs.rest!;
    const slope = { gradient: gradient.subarray(from, to) };
    return {
      squares: own.squares.bind({ inputs: slope }),
      update: own.update.bind({
        inputs: { ...parts, ...slope },
        outputs: Object.fromEntries(Object.entries(parts).map(([name, part]) => [next(name), part])),
      }),
    };
  });
  const [squares, updates] = [pieces.map((piece) => piece.squares), pieces.map((piece) => piece.update)];
  return {
    passes,
    squares,
    updates,
    release() {
      for (const each of [passes, ...squares, ...updates]) each.release();
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
