// The scalars that programs of a step take and return.

import type { Program, Value } from '../runtime/program.ts';
import type { Feeds } from './training-state.ts';

export function scalarOf(value: Value | undefined): number {
  return (value!.data as Float32Array)[0]!;
}

/** The mean of each scalar of `names`, over the outputs of the batches. */
export function meansOf(passes: readonly Record<string, Value>[], names: readonly string[]): Record<string, number> {
  const meanOf = (name: string) => passes.reduce((sum, outputs) => sum + scalarOf(outputs[name]), 0) / passes.length;
  return Object.fromEntries(names.map((name) => [name, meanOf(name)]));
}

/** Those of a step's scalars that a program asks for. */
export function scalarsFor({ inputs }: Program, scalars: Feeds): Feeds {
  return Object.fromEntries(Object.entries(scalars).filter(([name]) => inputs.has(name)));
}
