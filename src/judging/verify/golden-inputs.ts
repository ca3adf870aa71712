// What a model's reference file gives its network: conditions by name, times, targets.

import { input, type Tensor } from '../../engine/graph/tensor.ts';
import type { DiffusionModel } from '../../models/families/model.ts';
import type { Golden } from './golden.ts';

/** Values of one condition, and their shape. */
export interface GoldenCondition {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

export type GoldenConditions = Readonly<Record<string, GoldenCondition>>;

/** What files call a condition; the oldest name the text's states for what they are. */
export function nameOfCondition({ names }: Pick<Golden, 'names'>, condition: string): string {
  return condition === 'context' && !names.includes(condition) ? 'text_last_hidden_state' : condition;
}

/** The first rows of all conditions, or all rows. A condition with too few rows repeats its first: it says sizes. */
export function conditionsOf(model: DiffusionModel, golden: Golden, rows?: number): GoldenConditions {
  const whole = golden.tensor(nameOfCondition(golden, Object.keys(model.conditions)[0]!)).shape[0]!;
  const count = rows ?? whole;
  return Object.fromEntries(
    Object.keys(model.conditions).map((name) => {
      const stored = nameOfCondition(golden, name);
      const [there, ...rest] = golden.tensor(stored).shape as [number, ...number[]];
      const data = golden.floats(stored);
      const width = data.length / there;
      const taken = new Float32Array(count * width);
      for (let row = 0; row < count; row++)
        taken.set(data.subarray((row < there ? row : 0) * width, ((row < there ? row : 0) + 1) * width), row * width);
      return [name, { data: taken, shape: [count, ...rest] }];
    }),
  );
}

/** The conditions of pictures, then for each picture those of the last row of all, which is the empty prompt. */
export function repeatRow(
  { sizing }: DiffusionModel,
  some: GoldenConditions,
  all: GoldenConditions,
  pictures: number,
): GoldenConditions {
  return Object.fromEntries(
    Object.entries(some).map(([name, { data, shape }]) => {
      const width = data.length / shape[0]!;
      // Sizes are those of the pictures: of the first in both halves.
      const isSize = name === sizing?.name;
      const last = isSize ? data.subarray(0, width) : all[name]!.data.subarray(-width);
      const both = new Float32Array(2 * pictures * width);
      for (let i = 0; i < pictures; i++) {
        both.set(isSize ? last : data.subarray(i * width, (i + 1) * width), i * width);
        both.set(last, (pictures + i) * width);
      }
      return [name, { data: both, shape: [2 * pictures, ...shape.slice(1)] }];
    }),
  );
}

/** Inputs of a graph for these conditions. */
export function inputsLike(conditions: GoldenConditions): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(conditions).map(([name, { shape }]) => [name, input(name, shape)]));
}

/** The values alone, as feeds. */
export function dataOf(conditions: GoldenConditions): Record<string, Float32Array> {
  return Object.fromEntries(Object.entries(conditions).map(([name, { data }]) => [name, data]));
}

/** The times of the batch, as the network is told them. */
export function timesOf(golden: Golden): Float32Array {
  return golden.floats('timesteps');
}

/** What the network is to answer: told, or computed by the process as training would. */
export function targetOf(model: DiffusionModel, golden: Golden): Float32Array {
  if (golden.names.includes('target')) return golden.floats('target');
  return model.process().target(golden.floats('latents'), golden.floats('noise'), timesOf(golden));
}
