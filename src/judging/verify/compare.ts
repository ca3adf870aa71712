// Comparing a computed tensor with its reference.

import type { HostData } from '../../engine/runtime/program.ts';
import type { NamedTensor } from '../../engine/weights/tensor.ts';

/** How one tensor agrees with its reference. */
export interface TensorComparison {
  /** Such as `sd.prediction`. */
  readonly name: string;
  readonly shape: readonly number[];
  /** What is measured: every element, or the mean over them. */
  readonly measure: 'largest' | 'mean';
  /** The largest, or the mean, absolute error; infinite where a number is not one. */
  readonly error: number;
  /** The error as a share of what is allowed; up to 1 agrees. */
  readonly ofAllowed: number;
  readonly verdict: Verdict;
  /** Why it cannot be compared. */
  readonly note?: string;
}

/** `not comparable`: the reference itself cannot be what it claims; neither agreement nor disagreement. */
export type Verdict = 'agrees' | 'disagrees' | 'not comparable';

/** Allowed for each element: `1e-4 + 1e-3 · |reference|`. */
const ABSOLUTE = 1e-4;
const RELATIVE = 1e-3;
/** Allowed mean error of preprocessed images: libraries differ in how they round while they resize. */
const PREPROCESS_MEAN = 0.05;

type Numbers = HostData | readonly number[] | Float64Array;

/** Compares element by element. */
export function compareTensors(name: string, got: Numbers, want: NamedTensor): TensorComparison {
  let [error, ofAllowed] = got.length === want.data.length ? [0, 0] : [Infinity, Infinity];
  const reference = toNumbers(want.data);
  toNumbers(got).forEach((value, i) => {
    const difference = Math.abs(value - reference[i]!);
    const known = Number.isNaN(difference) ? Infinity : difference;
    error = Math.max(error, known);
    ofAllowed = Math.max(ofAllowed, known / (ABSOLUTE + RELATIVE * Math.abs(reference[i]!)));
  });
  return { name, shape: want.shape, measure: 'largest', error, ofAllowed, verdict: verdictOf(ofAllowed) };
}

/** Compares the mean absolute error with `PREPROCESS_MEAN`. */
export function compareMean(name: string, got: Numbers, want: NamedTensor): TensorComparison {
  const reference = toNumbers(want.data);
  const total = toNumbers(got).reduce((sum, value, i) => sum + Math.abs(value - reference[i]!), 0);
  const error = got.length === reference.length && !Number.isNaN(total) ? total / reference.length : Infinity;
  const ofAllowed = error / PREPROCESS_MEAN;
  return { name, shape: want.shape, measure: 'mean', error, ofAllowed, verdict: verdictOf(ofAllowed) };
}

function verdictOf(ofAllowed: number): Verdict {
  return ofAllowed <= 1 ? 'agrees' : 'disagrees';
}

/** Whole numbers become floats, exactly below 2⁵³. */
export function toNumbers(data: Numbers): Float64Array {
  return Float64Array.from(data as ArrayLike<number | bigint>, Number);
}
