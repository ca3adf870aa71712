// The scalars that programs of a step return.

import type { Value } from '../runtime/program.ts';

export function scalarOf(value: Value | undefined): number {
  return (value!.data as Float32Array)[0]!;
}

/** The mean of each scalar of `names`, over the outputs of the batches. */
export function meansOf(passes: readonly Record<string, Value>[], names: readonly string[]): Record<string, number> {
  const meanOf = (name: string) => passes.reduce((sum, outputs) => sum + scalarOf(outputs[name]), 0) / passes.length;
  return Object.fromEntries(names.map((name) => [name, meanOf(name)]));
}
